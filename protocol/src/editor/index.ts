/**
 * Editor ↔ host, beyond standard LSP. One constant a message: its name, who sends it, what it means, and the schemas
 * of its parameters and result. The command line speaks the same messages over the same socket.
 */

import { chatRequest, countTokensRequest } from './chat';
import { inviteRequest, joinRequest, leaveRequest, peersRequest, removePeerRequest } from './cluster';
import { explainRequest, whyNoCompletionRequest } from './completion';
import { definitionsRequest, visitedNotification } from './context';
import { diagnoseRequest, stopRequest } from './host';
import { cancelDownloadRequest, deleteModelRequest, downloadRequest, listModelsRequest } from './models';
import { placeRequest, previewsRequest, unplaceRequest } from './placement';
import { installRuntimeRequest, removeRuntimeRequest } from './runtime';
import { getStateRequest, lookingNotification, stateNotification } from './state';

export * from './chat';
export * from './cluster';
export * from './completion';
export * from './context';
export * from './handshake';
export * from './host';
export type { NotificationMessage, RequestMessage } from './message';
export * from './models';
export * from './placement';
export * from './runtime';
export * from './state';

/** All of them. */
export const editorMessages = [
  stateNotification,
  lookingNotification,
  visitedNotification,
  definitionsRequest,
  getStateRequest,
  listModelsRequest,
  previewsRequest,
  placeRequest,
  unplaceRequest,
  downloadRequest,
  cancelDownloadRequest,
  deleteModelRequest,
  installRuntimeRequest,
  removeRuntimeRequest,
  diagnoseRequest,
  inviteRequest,
  joinRequest,
  peersRequest,
  removePeerRequest,
  leaveRequest,
  explainRequest,
  whyNoCompletionRequest,
  chatRequest,
  countTokensRequest,
  stopRequest,
] as const;
