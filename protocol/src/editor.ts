/**
 * Editor ↔ host, beyond standard LSP. One constant a message: its name, who sends it, and the schemas of its
 * parameters and result. The command line speaks the same messages over the same socket.
 */
import * as z from 'zod';
import { instanceSchema, modelRefSchema } from './instance';
import { stateSchema } from './state';

const nothing = z.object({});

/** Settings that a window gives to the host in `initializationOptions` and in `workspace/didChangeConfiguration`. */
export const settingsSchema = z
  .object({
    completions: z
      .object({
        enabled: z.boolean().default(true),
        disabledLanguages: z.array(z.string()).default([]).describe('language ids without completions'),
        debounce: z.number().int().min(0).max(2000).default(75).describe('ms to wait after a key'),
        maxTokens: z
          .number()
          .int()
          .min(1)
          .max(1024)
          .default(128)
          .describe('tokens that one completion may have'),
      })
      .prefault({}),
  })
  .meta({ title: 'Settings', description: 'What a window wishes.' });
export type Settings = z.infer<typeof settingsSchema>;

/** `initializationOptions` of the LSP handshake. */
export const initializationOptionsSchema = z
  .object({
    client: z.enum(['vscode', 'cli', 'other']).default('other'),
    settings: settingsSchema.prefault({}),
  })
  .meta({ title: 'InitializationOptions', description: 'Who connects, and with what wishes.' });
export type InitializationOptions = z.infer<typeof initializationOptionsSchema>;

/** Host to editor, after the handshake and whenever something changed: the whole state document. */
export const stateNotification = {
  method: 'vramesh/state',
  kind: 'notification',
  direction: 'host to editor',
  params: stateSchema,
} as const;

/** Editor to host: whether someone looks at live readings now (a focused window, `status --watch`). Sampling is faster then. */
export const lookingNotification = {
  method: 'vramesh/looking',
  kind: 'notification',
  direction: 'editor to host',
  params: z.object({ looking: z.boolean() }),
} as const;

/** The state document, once. */
export const getStateRequest = {
  method: 'vramesh/getState',
  kind: 'request',
  direction: 'editor to host',
  params: nothing,
  result: stateSchema,
} as const;

/** The models that can be placed on this machine. */
export const listModelsRequest = {
  method: 'vramesh/models',
  kind: 'request',
  direction: 'editor to host',
  params: nothing,
  result: z.object({ models: z.array(modelRefSchema) }),
} as const;

/**
 * Places a model and answers when it is ready. Progress is reported on `workDoneToken`; cancelling the request
 * removes what was begun. Placing what is already placed answers with the instance that exists.
 */
export const placeRequest = {
  method: 'vramesh/place',
  kind: 'request',
  direction: 'editor to host',
  params: z.object({
    model_id: z.string().min(1).max(4096),
    context_size: z
      .number()
      .int()
      .min(256)
      .max(1_048_576)
      .optional()
      .describe('tokens; default 4096, or the model’s own if that is less'),
    workDoneToken: z.union([z.string(), z.number()]).optional(),
  }),
  result: z.object({ instance: instanceSchema }),
} as const;

/** Removes a placed model and answers when its memory is free. */
export const unplaceRequest = {
  method: 'vramesh/unplace',
  kind: 'request',
  direction: 'editor to host',
  params: z.object({ instance_id: z.string().min(1).max(256) }),
  result: nothing,
} as const;

export const checkSchema = z
  .object({
    name: z.string(),
    status: z.enum(['ok', 'warning', 'failed']),
    detail: z.string(),
    advice: z.string().nullable().describe('what to do'),
  })
  .meta({ title: 'Check', description: 'One line of `doctor`.' });
export type Check = z.infer<typeof checkSchema>;

/** Looks at the driver, the library, the backends, the model, the port and the socket. */
export const diagnoseRequest = {
  method: 'vramesh/diagnose',
  kind: 'request',
  direction: 'editor to host',
  params: nothing,
  result: z.object({ checks: z.array(checkSchema) }),
} as const;

/** Stops the host and every engine; answers before it goes. */
export const stopRequest = {
  method: 'vramesh/stop',
  kind: 'request',
  direction: 'editor to host',
  params: nothing,
  result: nothing,
} as const;

export const editorMessages = [
  stateNotification,
  lookingNotification,
  getStateRequest,
  listModelsRequest,
  placeRequest,
  unplaceRequest,
  diagnoseRequest,
  stopRequest,
] as const;
