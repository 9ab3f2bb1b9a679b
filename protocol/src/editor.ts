/**
 * Editor ↔ host, beyond standard LSP. One constant a message: its name, who sends it, what it means, and the schemas
 * of its parameters and result. The command line speaks the same messages over the same socket.
 */
import * as z from 'zod';
import { explanationSchema } from './completion';
import { instanceSchema } from './instance';
import { catalogueEntrySchema, downloadSchema, modelElsewhereSchema, modelListingSchema } from './model';
import { previewSchema, wishesSchema } from './placement';
import { peerAddressSchema, peerSchema } from './roster';
import { installRuntimeRequest, removeRuntimeRequest } from './runtime';
import { stateSchema } from './state';

const nothing = z.object({});

/** What all requests below have in common. */
export interface RequestMessage<P extends z.ZodType, R extends z.ZodType> {
  readonly method: string;
  readonly params: P;
  readonly result: R;
}

/** What all notifications below have in common. */
export interface NotificationMessage<P extends z.ZodType> {
  readonly method: string;
  readonly params: P;
}

/** Settings that a window gives to the host in `initializationOptions` and in `workspace/didChangeConfiguration`. */
export const settingsSchema = z
  .object({
    completions: z
      .object({
        enabled: z.boolean().default(true),
        disabledLanguages: z.array(z.string()).default([]).describe('language ids without completions'),
        debounce: z
          .number()
          .int()
          .min(0)
          .max(2000)
          .nullable()
          .default(null)
          .describe('ms of silence after a key before the model is asked; null: as typist and model want it'),
        maxTokens: z
          .number()
          .int()
          .min(1)
          .max(1024)
          .default(128)
          .describe('tokens that one completion may have'),
      })
      .prefault({}),
    instances: z
      .object({
        idleMinutes: z
          .number()
          .int()
          .min(0)
          .max(10_080)
          .default(30)
          .describe('minutes without a request after which a model is unloaded; 0: never'),
        placeOnRequest: z
          .boolean()
          .default(false)
          .describe('place a model that a program asks for over HTTP'),
      })
      .prefault({}),
    cluster: z
      .object({
        peers: z
          .array(peerAddressSchema)
          .max(64)
          .default([])
          .describe('addresses of machines that discovery does not find; they must be on the roster'),
      })
      .prefault({}),
  })
  .meta({ title: 'Settings', description: 'What a window wishes.' });
export type Settings = z.infer<typeof settingsSchema>;

/** `initializationOptions` of the LSP handshake. */
export const initializationOptionsSchema = z
  .object({
    client: z.enum(['vscode', 'cli', 'other']).default('other'),
    definitions: z.boolean().default(false).describe('whether the client answers `vramesh/definitions`'),
    settings: settingsSchema.prefault({}),
  })
  .meta({ title: 'InitializationOptions', description: 'Who connects, and with what wishes.' });
export type InitializationOptions = z.infer<typeof initializationOptionsSchema>;

export const stateNotification = {
  method: 'vramesh/state',
  kind: 'notification',
  direction: 'host to editor',
  description: 'The whole state document: after the handshake, and whenever something changed.',
  params: stateSchema,
} as const;

export const lookingNotification = {
  method: 'vramesh/looking',
  kind: 'notification',
  direction: 'editor to host',
  description:
    'Whether someone looks at live readings now (a focused window, `status --watch`). Sampling is faster then.',
  params: z.object({ looking: z.boolean().describe('false until it is sent') }),
} as const;

const documentUri = z.string().min(1).max(4096);
const lineNumber = z.number().int().min(0).max(2_147_483_647).describe('from 0');

export const visitedNotification = {
  method: 'vramesh/visited',
  kind: 'notification',
  direction: 'editor to host',
  description:
    'Where the user is in an open document, once they have stayed there for a moment, or what they have copied. ' +
    'What stands around the line may enter prompts. Of many at once only the last ones count.',
  params: z.object({
    uri: documentUri,
    line: lineNumber,
    how: z.enum(['visited', 'copied']),
  }),
} as const;

export const definitionSchema = z
  .object({
    uri: documentUri,
    line: lineNumber.describe('that `text` starts at, from 0'),
    text: z.string().max(8192).describe('whole lines, the definition first'),
  })
  .meta({ title: 'Definition', description: 'Where a symbol is defined, and what stands there.' });
export type Definition = z.infer<typeof definitionSchema>;

export const definitionsRequest = {
  method: 'vramesh/definitions',
  kind: 'request',
  direction: 'host to editor',
  description:
    'What the symbols at some places of a document are, as the language services of the editor say. Asked while ' +
    'nobody types, and only of clients that said `definitions` in the handshake. Whatever is not known within ' +
    '100 ms is left out; an answer after a second is not waited for.',
  params: z.object({
    uri: documentUri,
    positions: z
      .array(z.object({ line: lineNumber, character: lineNumber.describe('UTF-16 units, from 0') }))
      .max(8),
  }),
  result: z.object({ definitions: z.array(definitionSchema).max(8) }),
} as const;

export const getStateRequest = {
  method: 'vramesh/getState',
  kind: 'request',
  direction: 'editor to host',
  description: 'The state document, once.',
  params: nothing,
  result: stateSchema,
} as const;

export const listModelsRequest = {
  method: 'vramesh/models',
  kind: 'request',
  direction: 'editor to host',
  description:
    'The models on this machine with what can be done with each, those of other machines, and those that can be fetched.',
  params: nothing,
  result: z.object({
    models: z.array(modelListingSchema),
    elsewhere: z.array(modelElsewhereSchema),
    catalogue: z.array(catalogueEntrySchema),
  }),
} as const;

const modelId = z.string().min(1).max(4096).describe('`id` or name of a model, or the path of a GGUF');

export const previewsRequest = {
  method: 'vramesh/previews',
  kind: 'request',
  direction: 'editor to host',
  description:
    'What placing a model would come to: every way to do it, best first, then those that cannot be.',
  params: wishesSchema.extend({ model_id: modelId }),
  result: z.object({ previews: z.array(previewSchema) }),
} as const;

export const placeRequest = {
  method: 'vramesh/place',
  kind: 'request',
  direction: 'editor to host',
  description:
    'Places a model and answers when it is ready. Progress is reported on `workDoneToken`; cancelling the request ' +
    'removes what was begun. Placing what is already placed answers with the instance that exists.',
  params: wishesSchema.extend({
    model_id: modelId,
    preview_id: z
      .string()
      .max(4096)
      .optional()
      .describe('`id` of a preview: just this or nothing; without it the best that works'),
    workDoneToken: z.union([z.string(), z.number()]).optional().describe('for `$/progress`, in %'),
  }),
  result: z.object({ instance: instanceSchema }),
} as const;

export const downloadRequest = {
  method: 'vramesh/download',
  kind: 'request',
  direction: 'editor to host',
  description:
    'Fetches a model, or goes on with one that was interrupted. Answers when it has begun; the state document tells ' +
    'how far it is, and it goes on when the window closes.',
  params: z.object({
    source: z
      .string()
      .min(1)
      .max(4096)
      .describe('a catalogue id (also "id:Q8_0"), hf:owner/repo/file, or an https URL of a GGUF'),
  }),
  result: z.object({ download: downloadSchema }),
} as const;

export const cancelDownloadRequest = {
  method: 'vramesh/cancelDownload',
  kind: 'request',
  direction: 'editor to host',
  description: 'Stops fetching a model. What has arrived is kept, unless it shall be discarded.',
  params: z.object({
    download_id: z.string().min(1).max(4096),
    discard: z.boolean().default(false).describe('delete what has arrived, and forget the download'),
  }),
  result: nothing,
} as const;

export const deleteModelRequest = {
  method: 'vramesh/deleteModel',
  kind: 'request',
  direction: 'editor to host',
  description: 'Deletes a model that VRAMesh has fetched. Ask the user first. Refused while it is placed.',
  params: z.object({ model_id: modelId }),
  result: nothing,
} as const;

export const unplaceRequest = {
  method: 'vramesh/unplace',
  kind: 'request',
  direction: 'editor to host',
  description: 'Removes a placed model and answers when its memory is free.',
  params: z.object({ instance_id: z.string().min(1).max(256).describe('`id` of an instance') }),
  result: nothing,
} as const;

export const checkSchema = z
  .object({
    name: z.string().describe('what was looked at'),
    status: z.enum(['ok', 'warning', 'failed']),
    detail: z.string().describe('what was found'),
    advice: z.string().nullable().describe('what to do'),
  })
  .meta({ title: 'Check', description: 'One line of `doctor`.' });
export type Check = z.infer<typeof checkSchema>;

export const diagnoseRequest = {
  method: 'vramesh/diagnose',
  kind: 'request',
  direction: 'editor to host',
  description: 'Looks at the driver, the library, the backends, the model, the port and the socket.',
  params: nothing,
  result: z.object({ checks: z.array(checkSchema) }),
} as const;

export const inviteRequest = {
  method: 'vramesh/invite',
  kind: 'request',
  direction: 'editor to host',
  description: 'Opens the cluster for one machine: the line is good for one use and ten minutes.',
  params: nothing,
  result: z.object({
    line: z.string().describe('for `vramesh join` on the other machine; it holds a secret'),
    expires_at: z.number().int().describe('ms since 1970'),
  }),
} as const;

export const joinRequest = {
  method: 'vramesh/join',
  kind: 'request',
  direction: 'editor to host',
  description: 'Redeems an invitation. Answers when both machines trust each other.',
  params: z.object({ line: z.string().min(1).max(16_384) }),
  result: z.object({ inviter: z.string().describe('its name'), peers: z.array(peerSchema) }),
} as const;

export const peersRequest = {
  method: 'vramesh/peers',
  kind: 'request',
  direction: 'editor to host',
  description: 'The other machines of the cluster. Empty: this machine is alone.',
  params: nothing,
  result: z.object({ peers: z.array(peerSchema) }),
} as const;

export const removePeerRequest = {
  method: 'vramesh/removePeer',
  kind: 'request',
  direction: 'editor to host',
  description:
    'Ends the trust in a machine, here and on every member that is reachable; on the others when they are.',
  params: z.object({
    node_id: z.string().min(1).max(128).describe('id, or its beginning, or the name when only one has it'),
  }),
  result: z.object({
    removed: z.string().describe('its name'),
    told: z.number().int().describe('members that know of it now'),
  }),
} as const;

export const leaveRequest = {
  method: 'vramesh/leave',
  kind: 'request',
  direction: 'editor to host',
  description: 'This machine leaves its cluster: it trusts nobody any more, and the others are told.',
  params: nothing,
  result: nothing,
} as const;

export const explainRequest = {
  method: 'vramesh/explain',
  kind: 'request',
  direction: 'editor to host',
  description:
    'How the completion at a place of an open document comes about: always asks the engine. Fails where there can be none.',
  params: z.object({
    textDocument: z.object({ uri: z.string() }),
    position: z.object({ line: z.number().int().nonnegative(), character: z.number().int().nonnegative() }),
  }),
  result: z.object({ explanation: explanationSchema }),
} as const;

export const whyNoCompletionRequest = {
  method: 'vramesh/whyNoCompletion',
  kind: 'request',
  direction: 'editor to host',
  description:
    'What came of the last request for a completion at a place of an open document. Asks no model.',
  params: z.object({
    textDocument: z.object({ uri: documentUri }),
    position: z.object({ line: lineNumber, character: lineNumber.describe('UTF-16 units, from 0') }),
  }),
  result: z.object({
    outcome: z
      .enum(['off', 'none', 'offered', 'unasked'])
      .describe(
        'off: there is none anywhere in this document; unasked: the last request for it was for another place, or ' +
          'there was none',
      ),
    reason: z.string().nullable().describe('why there was none, or why there never is'),
  }),
} as const;

/** `workspace/executeCommand`, which inline completion items carry: the suggestion was taken. Its argument is the item's id. */
export const acceptedCommand = 'vramesh.completionAccepted';

/** Places a model: the argument is its name, its id or a path, or an object as of `vramesh/place`. Answers with the instance. */
export const placeCommand = 'vramesh.placeModel';

/** Removes a placed model: the argument is the id of the instance, or the name of its model; none where one is placed. */
export const unplaceCommand = 'vramesh.unplaceModel';

export const stopRequest = {
  method: 'vramesh/stop',
  kind: 'request',
  direction: 'editor to host',
  description: 'Stops the host and every engine; answers before it goes.',
  params: nothing,
  result: nothing,
} as const;

/** All of the above, and those of the runtime. */
export const editorMessages = [
  stateNotification,
  lookingNotification,
  visitedNotification,
  definitionsRequest,
  getStateRequest,
  listModelsRequest,
  previewsRequest,
  placeRequest,
  unplaceRequest,
  downloadRequest,
  cancelDownloadRequest,
  deleteModelRequest,
  installRuntimeRequest,
  removeRuntimeRequest,
  diagnoseRequest,
  inviteRequest,
  joinRequest,
  peersRequest,
  removePeerRequest,
  leaveRequest,
  explainRequest,
  whyNoCompletionRequest,
  stopRequest,
] as const;
