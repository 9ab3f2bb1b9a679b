/** Diagnosis: each thing that VRAMesh needs, ok or what to do. Looks only; changes nothing. */
import { type Check, type Instance, machineOf, type NodeProfile, type State } from '#protocol';
import { checkNetwork, type NetworkFacts } from './network';
import { checkWiderDoor, type WiderDoorFacts } from './wider-door';

export interface DoctorFacts {
  readonly state: State;
  readonly socket: string;
  readonly home: string;
  /** `null`: the port was in use when the host started. */
  readonly http: { readonly host: string; readonly port: number } | null;
  readonly httpPort: number;
  /** Where other machines may use the HTTP API; `null`: nowhere. */
  readonly wider: WiderDoorFacts | null;
  readonly hasToken: boolean;
  /** From `inference/`, which knows what each backend lacks. */
  readonly backends: readonly Check[];
  /** Why no layers can lie on other machines, nor theirs here; `null`: they can. */
  readonly splitProblem: string | null;
  readonly network: NetworkFacts;
}

export type { NetworkFacts } from './network';
export type { WiderDoorFacts } from './wider-door';

export function diagnose(facts: DoctorFacts): Check[] {
  const profile = facts.state.topology.nodes[0]?.node_profile;
  return [
    ok('Host', `running, state in ${facts.home}`),
    ok('Socket', facts.socket),
    port(facts),
    ...checkWiderDoor(facts.wider, facts.hasToken),
    ...(profile ? [driver(profile), ...profile.gpus.map(gpu)] : []),
    ...facts.backends,
    split(facts),
    ...checkNetwork(facts.network),
    ...models(facts.state.instances.filter(({ node_id }) => machineOf(node_id, facts.state) === null)),
  ];
}

function port({ http, httpPort }: DoctorFacts): Check {
  if (http) return ok('HTTP port', `http://${http.host}:${http.port}`);
  return {
    name: 'HTTP port',
    status: 'warning',
    detail: `port ${httpPort} was in use, so the HTTP API is off; everything else works`,
    advice: 'End the program that uses it, or start the host with "vramesh serve --http-port N".',
  };
}

function split({ splitProblem }: DoctorFacts): Check {
  if (splitProblem === null) return ok('Split models', 'layers can lie on several machines');
  return {
    name: 'Split models',
    status: 'warning',
    detail: `a model must fit on one machine, and the CPU is slower than it could be: ${splitProblem}`,
    advice:
      'Everything else works. In a checkout, "npm run build" compiles what is missing and says what it needs.',
  };
}

function driver({ driver_version, cuda_version, gpu_problem }: NodeProfile): Check {
  if (gpu_problem !== null) {
    return { name: 'NVIDIA driver', status: 'warning', detail: gpu_problem, advice: null };
  }
  return ok('NVIDIA driver', `${driver_version ?? '—'}, for CUDA up to ${cuda_version ?? '—'}`);
}

function gpu({ index, name, status }: NodeProfile['gpus'][number]): Check {
  const label = `GPU ${index}`;
  if (status !== 'lost') return ok(label, status === 'asleep' ? `${name}, asleep` : name);
  return {
    name: label,
    status: 'failed',
    detail: `${name} was lost: the driver cannot reach it any more`,
    advice:
      'It is used again when it comes back. If it stays away, see the kernel’s log for "Xid", and restart the machine.',
  };
}

function models(instances: readonly Instance[]): Check[] {
  if (instances.length > 0) return instances.map(model);
  const advice = 'Place one: "vramesh place", or "Place Model on GPU…" in VS Code.';
  return [
    { name: 'Model', status: 'warning', detail: 'none is placed, so there are no completions', advice },
  ];
}

function model({ model: { name }, state, error, note, backend, fim }: Instance): Check {
  if (state === 'failed' || state === 'restarting') {
    const advice = state === 'failed' ? 'See the log, then place it again or choose another one.' : null;
    return { name: 'Model', status: 'failed', detail: `${name}: ${error ?? state}`, advice };
  }
  if (state === 'ready' && fim === null) {
    const detail = `${name} has no fill-in-the-middle tokens: completions are off`;
    return {
      name: 'Model',
      status: 'warning',
      detail,
      advice: 'Place a model that was made for code completion.',
    };
  }
  return ok(
    'Model',
    [`${name} is ${state}`, backend && `on ${backend}`, note].filter((part) => part).join(', '),
  );
}

function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, advice: null };
}
