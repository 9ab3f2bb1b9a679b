/** What the page says of a placed model. Pure. */
import type { Backend, Gpu, Instance } from '#protocol';
import { count, outside, percent, tokensPerSecond, unknown } from './format';
import type { Reading } from './gpu-words';

const backends: Record<Backend, string> = { cuda: 'CUDA', vulkan: 'Vulkan', metal: 'Metal', cpu: 'CPU' };

/** "loading 43 %" */
export function stateText({ state, progress }: Instance): string {
  return state === 'loading' && progress !== null ? `loading ${percent(progress * 100)}` : state;
}

export function modelReadings(instance: Instance, gpus: readonly Gpu[]): Reading[] {
  const { backend, layers, layers_on_gpu, context_size, tokens_per_second } = instance;
  return [
    { label: 'Backend', value: backend === null ? unknown : backends[backend] },
    { label: 'Device', value: deviceText(instance, gpus) },
    {
      label: 'Layers on GPU',
      value: layers === null ? unknown : `${layers_on_gpu ?? unknown} of ${layers}`,
    },
    { label: 'Context', value: count(context_size, 'tokens') },
    { label: 'Speed', value: tokensPerSecond(tokens_per_second) },
  ];
}

/** What the user should know of it, most pressing first; `null`: nothing. */
export function modelNotice({ state, error, note, model }: Instance): string | null {
  if (error !== null) return outside(error, 600);
  if (state === 'placing') return 'Its memory is worked out and promised.';
  if (state === 'idle')
    return 'It is unloaded, since nobody asked for it. It comes back on the next request.';
  if (note !== null) return outside(note, 600);
  return model.embedded
    ? 'Ships with VRAMesh and shows that everything works. It is small and weak: place a better model.'
    : null;
}

/** The GPUs on which its engine holds memory; else the devices as the backend names them. */
function deviceText({ engine_pid, devices, backend }: Instance, gpus: readonly Gpu[]): string {
  const held = gpus.filter((gpu) => gpu.processes?.some(({ pid }) => pid === engine_pid));
  if (held.length > 0) return held.map((gpu) => `GPU ${gpu.index}`).join(', ');
  if (devices.length > 0) return outside(devices.join(', '));
  return backend === 'cpu' ? 'CPU' : unknown;
}
