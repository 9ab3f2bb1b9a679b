/** `GET /openapi.json`: the API described by its own routes. */
import Fastify from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import * as protocol from '#protocol';
import { commonErrors } from './errors';
import type { ApiServer } from './server';

/** Schemas that get a name of their own in the document; the others stand where they are used. */
const named = {
  ApiError: protocol.apiErrorSchema,
  Gpu: protocol.gpuSchema,
  GpuInfo: protocol.gpuInfoSchema,
  Health: protocol.healthSchema,
  Instance: protocol.instanceSchema,
  ModelRef: protocol.modelRefSchema,
  Node: protocol.nodeSchema,
  NodeProfile: protocol.nodeProfileSchema,
  State: protocol.stateSchema,
};

const documentSchema = z.looseObject({ openapi: z.string() }).describe('An OpenAPI 3.1 document.');

/**
 * The document is built on the first request, from a second instance that registers the same routes and never
 * listens: a host that nobody asks for it starts without loading the generator.
 */
export function openapi(app: ApiServer, version: string, registerRoutes: (blank: ApiServer) => void): void {
  let document: Promise<Record<string, unknown>> | undefined;

  app.get(
    '/openapi.json',
    {
      schema: { summary: 'This description of the API', response: { 200: documentSchema, ...commonErrors } },
    },
    async () => {
      document ??= describe(version, registerRoutes);
      return documentSchema.parse(await document);
    },
  );
}

async function describe(
  version: string,
  registerRoutes: (blank: ApiServer) => void,
): Promise<Record<string, unknown>> {
  const { default: swagger } = await import('@fastify/swagger');
  const schemaRegistry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) schemaRegistry.add(schema, { id });

  const blank = Fastify({ logger: false }).withTypeProvider<ZodTypeProvider>();
  blank.setValidatorCompiler(validatorCompiler);
  blank.setSerializerCompiler(serializerCompiler);
  blank.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'VRAMesh',
        version,
        description: 'The GPUs and models of this machine and of the machines beside it. Loopback only.',
      },
    },
    transform: createJsonSchemaTransform({ schemaRegistry }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  });
  blank.after(() => registerRoutes(blank));
  await blank.ready();
  const result = blank.swagger();
  await blank.close();
  return { ...result };
}
