/** docs/protocol.md, made from the schemas in `protocol/`: what they say is written once. */
import { editorMessages, meshMessages } from '#protocol';
import { describeChapters } from './chapters';
import { engineExample, schemaExamples } from './examples';
import { body, fieldTable } from './fields';
import { code, json, linkTo, paragraphs, table } from './markdown';
import * as prose from './prose';
import { describeSchemas, type JsonSchema, referenced, type Schemas } from './schemas';

export function protocolDocument(): string {
  const schemas = describeSchemas();
  const types = describeChapters(schemas.named, {
    documents: ['State'],
    http: [
      'GpuInfo',
      'Health',
      'ApiError',
      'InfillRequest',
      'InfillAnswer',
      'Props',
      'TokenizeBody',
      'DetokenizeBody',
      'OpenAiModels',
      'CompletionRequest',
      'CompletionAnswer',
      'ChatRequest',
      'ChatAnswer',
      'ChatChunk',
      'OpenAiError',
    ],
    engine: [
      'ToEngine',
      'FromEngine',
      'GenerationParams',
      'GenerationResult',
      'TokenizeParams',
      'DetokenizeParams',
    ],
    editor: [
      'InitializationOptions',
      'Settings',
      'Definition',
      'ModelListing',
      'ModelElsewhere',
      'CatalogueEntry',
      'Wishes',
      'Preview',
      'Check',
      'Explanation',
      'ChatOptions',
      'ChatPart',
      'Peer',
    ],
    mesh: [
      'Hello',
      'HelloAnswer',
      'ChannelKind',
      'Roster',
      'NodeDocument',
      'DeviceOffer',
      'DocumentUpdate',
      'Invitation',
      'DiscoveryHello',
      'LentShard',
      'ShardRequest',
      'ShardAnswer',
      'FileRequest',
      'FileAnswer',
      'JoinRequest',
      'JoinAnswer',
    ],
    page: ['PageView', 'PageModels', 'PageWishes', 'PagePreviews', 'PageFailure', 'PageAction'],
  });
  const write = (titles: readonly string[]) =>
    titles.map((title) => paragraphs(`### ${title}`, typeText(title, schemas)));

  return `${paragraphs(
    prose.opening,
    '## Finding the host',
    prose.attach,
    '## Editor and host',
    prose.editor,
    messageList(editorMessages),
    ...editorMessages.map((message) => messageText(message, schemas)),
    ...write(types.editor),
    '## The state document',
    prose.state,
    ...write(types.documents),
    '## HTTP',
    prose.http,
    ...write(types.http),
    '## Host and engine',
    prose.engine,
    json(...engineExample),
    ...write(types.engine),
    '## Host and host',
    prose.mesh,
    messageList(meshMessages),
    ...meshMessages.map((message) => messageText(message, schemas)),
    ...write(types.mesh),
    '## Client and topology page',
    prose.page,
    ...write(types.page),
  )}\n`;
}

type Message = (typeof editorMessages)[number] | (typeof meshMessages)[number];

function messageList(messages: readonly Message[]): string {
  const rows = messages.map(({ method, kind, direction }) => [linkTo(method), kind, direction]);
  return table(['message', 'kind', 'direction'], rows);
}

function messageText(message: Message, schemas: Schemas): string {
  const { method, kind, direction, description } = message;
  const sentence = `${kind === 'request' ? 'A request' : 'A notification'}, ${direction}.`;
  return paragraphs(
    `### ${method}`,
    `${sentence} ${description}`,
    part('Parameters', schemas.of(message.params)),
    'result' in message ? part('Result', schemas.of(message.result)) : '',
  );
}

function part(label: string, schema: JsonSchema): string {
  const name = schema.title ?? referenced(schema);
  if (name !== null) return `${label}: ${linkTo(name)}.`;
  const fields = fieldTable(schema);
  return fields === '' ? `${label}: ${code('{}')}` : paragraphs(`${label}:`, fields);
}

function typeText(title: string, { named }: Schemas): string {
  const schema = named.get(title);
  if (schema === undefined) throw new Error(`There is no schema "${title}".`);
  const example = schemaExamples[title];
  return paragraphs(body(schema), example === undefined ? '' : paragraphs('For example:', json(example)));
}
