/**
 * What a user can choose from when a model shall be placed otherwise than usual, in VS Code's lists as on the topology page.
 * Apart from the schemas, so that a page can import it without zod.
 */

/** Tokens per sequence. */
export const contextSizes = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072] as const;

/** Requests side by side, beside the default of 4. */
export const sequenceCounts = [1, 2, 8, 16] as const;
