/** `GET /openapi.json`: the API described by its own routes. */
import Fastify from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import * as protocol from '#protocol';
import { commonErrors } from './errors';
import type { ApiServer } from './server';

const documentSchema = z
  .looseObject({ openapi: z.string(), paths: z.looseObject({}) })
  .describe('An OpenAPI 3.1 document.');
type OpenApi = z.infer<typeof documentSchema>;

/** The document is made on the first request, so that a host starts without the generator. */
export function openapi(app: ApiServer, version: string, registerRoutes: (blank: ApiServer) => void): void {
  let document: Promise<OpenApi> | undefined;

  app.get(
    '/openapi.json',
    {
      schema: { summary: 'This description of the API', response: { 200: documentSchema, ...commonErrors } },
    },
    () => {
      document ??= describe(version, registerRoutes);
      return document;
    },
  );
}

/** Registers the same routes on a second instance, which never listens, and has them described. */
async function describe(version: string, registerRoutes: (blank: ApiServer) => void): Promise<OpenApi> {
  const { default: swagger } = await import('@fastify/swagger');
  nameSchemas();
  const blank = Fastify({ logger: false }).withTypeProvider<ZodTypeProvider>();
  blank.setValidatorCompiler(validatorCompiler);
  blank.setSerializerCompiler(serializerCompiler);
  blank.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'VRAMesh',
        version,
        description:
          'The GPUs and models of this machine and of the machines beside it. From another machine with a token.',
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  blank.after(() => registerRoutes(blank));
  await blank.ready();
  const document = documentSchema.parse(blank.swagger());
  await blank.close();
  return withoutUnusedSchemas(document);
}

/** Gives every schema of the protocol that has a title a place under `components`, where others refer to it. */
function nameSchemas(): void {
  for (const schema of Object.values(protocol)) {
    if (!(schema instanceof z.ZodType)) continue;
    const meta = z.globalRegistry.get(schema);
    if (meta?.title !== undefined) z.globalRegistry.add(schema, { ...meta, id: meta.title });
  }
}

const componentsSchema = z.object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) });

/** The protocol has more schemas than the routes use, and each comes twice: as input and as output. */
function withoutUnusedSchemas(document: OpenApi): OpenApi {
  const { schemas } = componentsSchema.parse(document).components;
  const used = new Set<string>();
  const follow = (part: unknown): void => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue;
      used.add(name);
      follow(schemas[name]);
    }
  };
  follow(document.paths);
  const kept = Object.entries(schemas).filter(([name]) => used.has(name));
  return { ...document, components: { schemas: Object.fromEntries(kept) } };
}
