/** The cluster: who this node is among others. Never imports another part of the host. */
export { type Identity, openIdentity } from './identity';
