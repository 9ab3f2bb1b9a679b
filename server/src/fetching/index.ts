/**
 * Fetching files from servers that nobody vouches for: addresses are checked, what arrives is kept in pieces and survives the
 * end of the host, never more is taken than was announced. What the bytes mean, and whether they are the right ones, is the
 * caller's to know. Shared by models and runtime.
 */
export { checkAddress } from './address';
export { type Asking, ask, knock } from './asking';
export { Changed, type Patience } from './attempts';
export { hashOf, WrongBytes } from './hash';
export { type Client, createClient, Refused, reasonOf } from './http';
export { bytesNoted, openPieces } from './pieces';
export { isSame, type RemoteFile, remoteFileSchema } from './remote-file';
export { freeBytes, spaceProblem } from './space';
export { createSpeed } from './speed';
export { defaultLimits, type TransferLimits, transfer } from './transfer';
