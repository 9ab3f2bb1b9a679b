/** What is too much for a control connection: each completion, and each piece of a file, has a connection of its own. */
export { fetchFile } from './fetch-file';
export { generateRemotely, type RemoteGenerate } from './generate-remotely';
export { serveFile } from './serve-files';
export { type ServedGeneration, serveGenerations } from './serve-generations';
export { createSpareChannels } from './spare-channels';
