/**
 * NVIDIA's GPUs over the life of the host: NVML may not be there yet, a GPU may sleep, fall off the bus and come back.
 * A GPU that was seen once keeps its place in the list.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Gpu } from '#protocol';
import { GpuLost, type NvmlDevice } from './nvml-device';
import { libraryCandidates, loadNvml, type NvmlLibrary } from './nvml-library';
import { type GpuIdentity, noReadings, readDevice, readIdentity, unknownGpu } from './nvml-readings';
import { type ListedDevice, type NvmlSession, openSession } from './nvml-session';
import { canSleep, findNvidiaGpus, isAsleep } from './pci';
import { initProblem, libraryProblem, noDevices, noNvidiaGpu } from './problems';

export interface NvmlSample {
  gpus: Omit<Gpu, 'index'>[];
  driverVersion: string | null;
  cudaVersion: string | null;
  /** In words; null when NVML was reached, or left alone because every GPU sleeps. */
  problem: string | null;
}

export interface Nvml {
  /** `now` in ms, never going back. `fresh`: also of GPUs that rest; one that sleeps is never woken. */
  sample(now: number, fresh: boolean): NvmlSample;
  close(): void;
}

/** ms between two tries to find a driver. */
const initEvery = 30_000;
/**
 * ms after which the driver is initialised anew for a GPU that is lost, and at most: each time that it is still lost, twice
 * as many. Most never come back, and meanwhile the other GPUs are not read.
 */
const renewAfter = { first: 30_000, most: 600_000 };
/** ms between two tries to reach a lost GPU. */
const reachEvery = 3_000;
/**
 * A laptop GPU cannot fall asleep while it is asked for readings. So one that is idle for `restAfter` ms is let go and
 * left alone for `restFor` ms. By then it sleeps, or something else uses it.
 */
const restAfter = 10_000;
const restFor = 20_000;

interface Slot {
  identity: GpuIdentity;
  /** False until the device itself was asked: it may have been asleep. */
  identified: boolean;
  nvmlIndex: number;
  device: NvmlDevice | null;
  reachedAt: number;
}

/** `root` is "/" but in tests; `library` is a path that replaces the usual ones. */
export function createNvml(options: { library: string | undefined; root: string }): Nvml {
  const { root } = options;
  const slots: Slot[] = [];
  let library: NvmlLibrary | null = null;
  let session: NvmlSession | null = null;
  let problem: string | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let versions: Pick<NvmlSample, 'driverVersion' | 'cudaVersion'> = {
    driverVersion: null,
    cudaVersion: null,
  };
  let last: Omit<Gpu, 'index'>[] = [];
  let idleSince: number | null = null;
  let restUntil = Number.NEGATIVE_INFINITY;
  let ending = false;
  let renewEvery = renewAfter.first;
  /** What NVML answered when it was initialised on another thread; null: the next session has to do it. */
  let initialised: number | null = null;

  function open(now: number): void {
    if (slots.length > 0 && slots.every(sleeps)) return;
    if (now - triedAt < initEvery && problem !== null) return;
    triedAt = now;
    const onBus = findNvidiaGpus(root);
    if (allAsleep(onBus)) {
      for (const busId of onBus) slotFor({ ...unknownGpu, pci_bus_id: busId }, -1);
      problem = null;
      return;
    }
    const opened = tryOpen(onBus);
    problem = typeof opened === 'string' ? opened : null;
    session = typeof opened === 'string' ? null : opened;
    versions = { driverVersion: session?.driverVersion ?? null, cudaVersion: session?.cudaVersion ?? null };
    for (const listed of session?.devices ?? []) place(listed, now);
    if (session && slots.length === 0) problem = noDevices;
  }

  /** Returns the reason in words when there is no session. */
  function tryOpen(onBus: string[] | null): NvmlSession | string {
    const nothingThere = onBus?.length === 0 && !['nvidiactl', 'dxg'].some(isDeviceFile);
    if (nothingThere && !options.library) return noNvidiaGpu;
    try {
      library ??= loadNvml(libraryCandidates(options.library, process.platform));
    } catch (error) {
      return libraryProblem(error, options.library, onBus && onBus.length > 0, process.platform);
    }
    const opened = openSession(library, initialised ?? library.call('nvmlInit_v2'));
    initialised = null;
    return typeof opened === 'number' ? initProblem(opened, process.platform) : opened;
  }

  const allAsleep = (onBus: string[] | null): onBus is string[] =>
    onBus !== null && onBus.length > 0 && onBus.every((busId) => isAsleep(root, busId));
  const isDeviceFile = (name: string) => existsSync(path.join(root, 'dev', name));
  const sleeps = ({ identity }: Slot) => identity.pci_bus_id !== null && isAsleep(root, identity.pci_bus_id);

  /** Gives a listed device its slot: that of the same GPU, or a new one. */
  function place({ device, nvmlIndex }: ListedDevice, now: number): void {
    let identity = unknownGpu;
    let identified = false;
    try {
      const busId = device?.busId() ?? null;
      identity = { ...unknownGpu, pci_bus_id: busId };
      identified = device !== null && !(busId !== null && isAsleep(root, busId));
      if (device && identified) identity = readIdentity(device, busId);
    } catch (error) {
      if (!(error instanceof GpuLost)) throw error;
    }
    const slot = slotFor(identity, nvmlIndex);
    Object.assign(slot, { device, identified, nvmlIndex, reachedAt: now });
    if (identified) slot.identity = identity;
  }

  function slotFor(identity: GpuIdentity, nvmlIndex: number): Slot {
    const same = (key: 'uuid' | 'pci_bus_id') =>
      identity[key] === null ? undefined : slots.find((slot) => slot.identity[key] === identity[key]);
    const anonymous = ({ uuid, pci_bus_id }: GpuIdentity) => uuid === null && pci_bus_id === null;
    const samePlace = (slot: Slot) =>
      slot.nvmlIndex === nvmlIndex && (anonymous(identity) || anonymous(slot.identity));
    const known = same('uuid') ?? same('pci_bus_id') ?? slots.find(samePlace);
    if (known) return known;
    const slot = { identity, identified: false, nvmlIndex, device: null, reachedAt: 0 };
    slots.push(slot);
    return slot;
  }

  function read(slot: Slot, now: number): Omit<Gpu, 'index'> {
    if (sleeps(slot)) return asleep(slot);
    if (!slot.device && session && now - slot.reachedAt >= reachEvery) {
      slot.reachedAt = now;
      slot.device = session.reach(slot.identity.uuid, slot.nvmlIndex);
      slot.identified = false;
    }
    const { device } = slot;
    if (!device || !session) return lost(slot);
    try {
      if (!slot.identified) slot.identity = readIdentity(device, device.busId());
      slot.identified = true;
      const readings = readDevice(device);
      const processes = session.processes.read(device);
      return { ...slot.identity, status: 'ok', ...readings, ...session.throughput.of(device), processes };
    } catch (error) {
      if (!(error instanceof GpuLost)) throw error;
      slot.device = null;
      slot.reachedAt = now;
      return lost(slot);
    }
  }

  /** A GPU that was reset or plugged in is known to NVML only after it was initialised anew. */
  function renewIfMissing(now: number): void {
    if (!session) return;
    const missing = slots.length === 0 || slots.some((slot) => !slot.device && !sleeps(slot));
    if (!missing) renewEvery = renewAfter.first;
    else if (now - triedAt >= renewEvery) {
      renewEvery = Math.min(2 * renewEvery, renewAfter.most);
      endSession(session, initialiseAside);
    }
  }

  /** Where nothing keeps the GPUs initialised, the driver takes seconds to do so: no editor shall wait for that. */
  async function initialiseAside(): Promise<void> {
    if (library && !allAsleep(findNvidiaGpus(root))) initialised = await library.callAside('nvmlInit_v2');
  }

  /** Ends it when the call that is under way on another thread has ended; until then nothing is asked. */
  function endSession(ended: NvmlSession, andThen = async () => {}): void {
    ending = true;
    void ended
      .close()
      .then(andThen)
      .finally(() => {
        ending = false;
      });
    session = null;
    for (const slot of slots) slot.device = null;
  }

  function restIfIdle(gpus: readonly Omit<Gpu, 'index'>[], now: number): void {
    const idle = gpus.some(({ status }) => status === 'ok') && gpus.every(mayRest);
    idleSince = idle ? (idleSince ?? now) : null;
    if (!session || idleSince === null || now - idleSince < restAfter) return;
    endSession(session);
    restUntil = now + restFor;
  }

  function mayRest({ status, gpu_usage, processes, pci_bus_id }: Omit<Gpu, 'index'>): boolean {
    // One that is lost needs no readings either: those that are there may sleep.
    if (status !== 'ok') return true;
    const computing = processes?.some(({ kind }) => kind !== 'graphics') ?? false;
    return !gpu_usage && !computing && pci_bus_id !== null && canSleep(root, pci_bus_id);
  }

  function readAll(now: number): Omit<Gpu, 'index'>[] {
    if (!session) open(now);
    const gpus = slots.map((slot) => read(slot, now));
    session?.processes.endSample();
    restIfIdle(gpus, now);
    session?.throughput.refresh(
      slots.flatMap((slot, i) => (slot.device && gpus[i]?.status === 'ok' ? [slot.device] : [])),
    );
    return gpus;
  }

  /** The last readings, but of GPUs that fell asleep. */
  function kept(): Omit<Gpu, 'index'>[] {
    return last.map((gpu, i) => {
      const slot = slots[i];
      return slot && sleeps(slot) ? asleep(slot) : gpu;
    });
  }

  return {
    sample(now, fresh) {
      renewIfMissing(now);
      last = ending || (now < restUntil && !fresh) ? kept() : readAll(now);
      return { gpus: last, ...versions, problem };
    },
    close() {
      void session?.close();
      session = null;
    },
  };
}

const asleep = ({ identity }: Slot): Omit<Gpu, 'index'> => ({ ...identity, status: 'asleep', ...noReadings });
const lost = ({ identity }: Slot): Omit<Gpu, 'index'> => ({ ...identity, status: 'lost', ...noReadings });
