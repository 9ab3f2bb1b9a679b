/** The whole model on one GPU: a candidate for each. */
import { type Candidate, createCandidate } from '../candidate';
import { type Home, idOf, type Plan } from '../plan';

export function onOneGpu(plan: Plan, home: Home): Candidate[] {
  const { layers, request } = plan;
  return home.gpus.map((site) =>
    createCandidate(plan, {
      id: idOf(home, `gpu:${site.device.id}`),
      kind: 'gpu',
      pieces: [{ site, first: 0, count: layers.count, compute: request.need.compute.gpu_whole }],
    }),
  );
}
