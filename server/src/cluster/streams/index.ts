/** Completions over the network: one connection a completion, and text streams back as it is decoded. */
export { generateRemotely, type RemoteGenerate } from './generate-remotely';
export { type ServedGeneration, serveGenerations } from './serve-generations';
