/** The whole model in the RAM of one node. */
import { type Candidate, createCandidate, refused } from '../candidate';
import { type Home, idOf, type Plan } from '../plan';

export function onCpu(plan: Plan, home: Home): Candidate {
  const draft = { id: idOf(home, 'cpu'), kind: 'cpu' } as const;
  if (home.cpu === null) return refused(draft, `${home.node.name} reports no RAM`);
  const { layers, request } = plan;
  const piece = { site: home.cpu, first: 0, count: layers.count, compute: request.need.compute.cpu };
  return createCandidate(plan, { ...draft, pieces: [piece] });
}
