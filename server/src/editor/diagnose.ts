/** `vramesh/diagnose`: what `doctor` and the Diagnose command show. */
import { diagnoseRequest } from '#protocol';
import { onRequest } from './checked';
import type { Feature } from './session';

export const diagnoseFeature: Feature = ({ connection, parts }) => {
  onRequest(connection, diagnoseRequest, async () => ({ checks: await parts.diagnose() }));
  return {};
};
