/**
 * Every message that crosses a process boundary, defined once: schema, type, and what it means.
 * Imports nothing of ours. How a process finds the host is in `attach.ts`, apart, because pages import this file.
 */
export * from './completion';
export * from './discovery';
export * from './editor';
export * from './engine';
export * from './generation';
export * from './gpu';
export * from './gpu-info';
export * from './http';
export * from './instance';
export * from './llama-server';
export * from './mesh';
export * from './mesh-placement';
export * from './mesh-shard';
export * from './model';
export * from './openai';
export * from './page';
export * from './placement';
export * from './roster';
export * from './state';
