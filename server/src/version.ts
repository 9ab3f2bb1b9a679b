import manifest from '../../package.json';

/** Of this build of VRAMesh. */
export const version: string = manifest.version;
