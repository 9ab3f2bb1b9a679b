/** Who connects, and what a window wishes of the host. */
import * as z from 'zod';
import { peerAddressSchema } from '../roster';

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
