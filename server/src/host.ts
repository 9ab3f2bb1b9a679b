/** The composition root: the one place that builds the parts and wires them together. */
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { settingsSchema } from '#protocol';
import { type Api, createGenerating, startApi, startWiderApi } from './api';
import { createClients } from './clients';
import { openCluster, openIdentity, type RemoteNode } from './cluster';
import { createCompleter, createMeasures } from './completion';
import { diagnose } from './doctor';
import { openSession } from './editor';
import { createEngines } from './engines';
import { openHome, removeOldSockets } from './home';
import type { Host, HostOptions } from './host-options';
import { openHttpToken } from './http-token';
import { watchIdle } from './idle-exit';
import { Instances, Leases } from './instances';
import { listen } from './listen';
import { openLog } from './log';
import { createMetrics } from './metrics';
import { createModels, embeddedModelId } from './models';
import { nodeName } from './node-name';
import { createPlaceOnRequest } from './place-on-request';
import { createPlanner } from './planner';
import { createPrivateFiles } from './private-files';
import { createBorrowing, createLending, fetchFromPeer, openSharing } from './sharing';
import { openSpeeds } from './speeds';
import { publishState } from './state';
import { stopwatch } from './stopwatch';
import { openSyntax } from './syntax';
import { openTelemetry } from './telemetry';
import { version } from './version';
import { isBehindWslNat } from './wsl';

const msPerMinute = 60_000;

/** Resolves when clients can connect. Throws, in words, when this home has a host already or cannot be used. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { env } = options;
  const home = openHome(options.home);
  const identity = openIdentity(home.identity);
  const httpToken = openHttpToken(home.httpToken);
  if (options.wider !== null && !httpToken.exists())
    throw new Error(
      'Other machines need a token: make one with "vramesh token new", then start the host again.',
    );

  // Before the GPUs and the log are touched: of hosts that start together, all but one end here.
  let stop = (_reason: string): void => {};
  const early: Socket[] = [];
  let welcome = (socket: Socket): void => void early.push(socket.on('error', () => {}));
  const listener = await listen({
    path: home.socket,
    onConnection: (socket) => welcome(socket),
    onLost: () => stop('its socket was taken by another host or deleted'),
  });

  removeOldSockets(home);
  const log = await openLog({ folder: home.logs, level: env.VRAMESH_LOG, terminal: options.terminal });
  const { logger } = log;
  const telemetry = openTelemetry({ nvmlLibrary: env.VRAMESH_NVML_LIBRARY, log: logger });
  const { runtime, gpuAccess, inspector, library, ...engines } = createEngines({
    programFolder: options.programFolder,
    runtimeFolder: home.runtime,
    env,
    profile: telemetry.profile,
    log: logger,
  });
  const models = createModels({
    nodeId: identity.nodeId,
    embedded: join(options.programFolder, '..', 'media', 'models', 'tiny-ts-fim-q8_0.gguf'),
    folder: home.models,
    inspectionsFile: home.inspections,
    inspect: (request) => inspector.inspect(request),
    env,
    // Nothing is fetched before everything is there.
    fromPeer: (url, headers, signal) => fetchFromPeer(cluster, url, headers, signal),
    log: logger,
  });
  // What is leased and what can run where know of each other: the devices' readings come later than either.
  const leases = new Leases((deviceId) => planner.freeBytes(deviceId));
  const planner = createPlanner({
    node: { id: identity.nodeId, name: nodeName() },
    models,
    telemetry,
    leases,
    speeds: openSpeeds(home.speeds, logger),
    gpuBackend: gpuAccess.backend,
    ramBandwidth: () => inspector.memoryBandwidth().catch(() => null),
    instancesOf: ({ path }) =>
      instances
        .list()
        .filter(({ model }) => model.path === path)
        .map(({ id }) => id),
  });
  const instances = new Instances({
    nodeId: identity.nodeId,
    // Where its own devices do not do, an instance takes others in.
    planner: { ...planner, previews: (model, wishes) => sharing.previews.coordinatedHere(model, wishes) },
    leases,
    borrow: (request) => borrow(request),
    findModel: models.find,
    defaultModelId: embeddedModelId,
    placementsFile: home.placements,
    log: logger,
    startEngine: engines.start,
  });
  instances.setIdleAfter(settingsSchema.parse({}).instances.idleMinutes * msPerMinute);
  const cluster = await openCluster({
    identity,
    name: nodeName(),
    version,
    rosterFile: home.roster,
    port: options.peerPort,
    staticPeers: options.peers,
    tunnelPath: join(options.programFolder, 'tunnel.js'),
    discovery: options.discovery,
    log: logger,
  });
  const borrow = createBorrowing({ cluster, library, socketFolder: home.sockets });
  const lending = createLending({
    cluster,
    leases,
    planner,
    library,
    startShardServer: engines.startShardServer,
    socketFolder: home.sockets,
    cacheFolder: home.tensorCache,
    log: logger,
  });
  const sharing = openSharing({
    nodeId: identity.nodeId,
    cluster,
    telemetry,
    instances,
    models,
    planner,
    library,
    lending,
    leases,
    log: logger,
  });
  const placeOnRequest = createPlaceOnRequest({
    always: options.placeOnRequest,
    place: sharing.instances.place,
    log: logger,
  });
  const measures = createMeasures();
  const publisher = publishState({
    cluster,
    nodeId: identity.nodeId,
    version,
    instances,
    shared: sharing.instances,
    downloads: models.downloads,
    measures,
    lending,
    leases,
    telemetry,
    runtime,
  });
  const metrics = createMetrics({ nodeId: identity.nodeId, version, state: publisher.state });
  measures.observe(metrics.observer);
  const clock = {
    now: () => performance.now(),
    delay: (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {}),
  };
  const syntax = openSyntax({
    folder: join(options.programFolder, 'grammars'),
    stopwatch,
    log: logger,
  });
  const privateFiles = createPrivateFiles();
  const apiParts = {
    version,
    state: publisher.state,
    onChange: publisher.onChange,
    look: telemetry.look,
    instances: sharing.instances,
    previews: sharing.previews,
    modelsElsewhere: sharing.modelsElsewhere,
    planner,
    catalogue: models.catalogue,
    metrics,
    answerers: sharing.answerers,
    generating: createGenerating({
      answerers: sharing.answerers,
      lines: sharing.lines,
      placeOnRequest: placeOnRequest.begin,
      observer: metrics.api,
    }),
    pageFolder: options.programFolder,
  };
  const api = await startApi({ port: options.httpPort, parts: apiParts, log: logger }).catch(
    (error: Error) => {
      logger.warn(`The HTTP API is off: ${error.message}`);
      return null;
    },
  );
  // Who asks for it waits for it: without it, the host does not start.
  const wider =
    options.wider &&
    (await startWiderApi({
      ...options.wider,
      key: identity.privateKey,
      cert: await identity.certificate(),
      token: httpToken,
      parts: apiParts,
      log: logger,
    }));

  const idle = watchIdle({
    seconds: options.idleExitSeconds,
    inUse: () => instances.list().some((instance) => instance.placed_by === 'user'),
    exit: () => stop('nobody has used it for a while'),
  });
  const open = (socket: Socket) =>
    openSession(socket, {
      version,
      log: logger,
      instances,
      models,
      planner,
      runtime,
      createCompleter: () => createCompleter({ clock, syntax, measures }),
      privateFiles,
      cluster,
      sharing,
      placeOnRequest,
      state: publisher.state,
      onState: publisher.onChange,
      onLogLine: log.onLine,
      look: telemetry.look,
      diagnose: async () =>
        diagnose({
          state: publisher.state(),
          socket: home.socket,
          home: home.folder,
          http: api?.address ?? null,
          httpPort: options.httpPort,
          wider: options.wider &&
            wider && { ...options.wider, ...wider.address, certificate: await identity.certificate() },
          hasToken: httpToken.exists(),
          backends: await gpuAccess.inspect(),
          splitProblem: 'problem' in library ? library.problem : null,
          network: {
            address: cluster.address,
            wantedPort: options.peerPort,
            peers: cluster.peers(),
            heard: cluster.heard(),
            clockOffsets: clockOffsets(cluster.nodes()),
            platform: process.platform,
            behindWslNat: isBehindWslNat(),
          },
        }),
      stop: () => stop('it was asked to'),
    });
  const clients = createClients({ idle, open });
  welcome = clients.welcome;
  for (const socket of early) if (!socket.destroyed) welcome(socket);

  const ended = new Promise<void>((fulfil) => {
    let stopping = false;
    stop = (reason) => {
      if (stopping) return;
      stopping = true;
      logger.info(`The host ends: ${reason}.`);
      void end().finally(fulfil);
    };
  });

  async function end(): Promise<void> {
    listener.close();
    idle.close();
    publisher.close();
    sharing.close();
    await Promise.all([
      cluster.close(),
      instances.stop(),
      lending.close(),
      inspector.close(),
      models.close(),
      runtime.close(),
    ]);
    await Promise.all([api?.close(), wider?.close()]);
    // Last, because whoever has asked for the end waits for it: then the port is free as well.
    await clients.farewell();
    telemetry.close();
  }

  logger.info(`VRAMesh ${version} is ready (node ${identity.nodeId.slice(0, 12)}, process ${process.pid}).`);
  // After the host can answer: nobody waits for llama.cpp.
  setImmediate(() => {
    instances.restore();
    models.downloads.resume();
    void runtime.look();
  });
  return {
    nodeId: identity.nodeId,
    socket: home.socket,
    peer: cluster.address,
    http: addressOf(api),
    https: addressOf(wider),
    ended,
    stop: (reason) => stop(reason),
  };
}

function addressOf(api: Api | null): string | null {
  if (api === null) return null;
  const { host, port } = api.address;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Readings of machines that are connected are a second or two old. */
function clockOffsets(nodes: readonly RemoteNode[]): Map<string, number> {
  const online = nodes.filter(({ peer }) => peer.status === 'online');
  return new Map(
    online.flatMap(({ peer, document }) =>
      document === null ? [] : [[peer.node_id, document.profile.sampled_at - Date.now()]],
    ),
  );
}
