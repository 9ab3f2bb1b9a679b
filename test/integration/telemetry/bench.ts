/** A workbench for one test: a sampler on the stand-in NVML, whose scenario and clock the test turns. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type NodeProfile, nodeProfileSchema } from '#protocol';
import { createSampler } from '../../../server/src/telemetry/sampler';
import { buildNvml, type NvmlVariant, writeScenario } from '../../support/nvml';
import { createTree } from '../../support/tree';

export interface Bench {
  play(scenario: string | Buffer): void;
  /** A sample, `later` ms after the last one, checked against the protocol. */
  sample(later?: number, fresh?: boolean): NodeProfile;
  /** Samples until one is as wished: calls on other threads end when they do. */
  sampleUntil(wished: (profile: NodeProfile) => boolean): Promise<NodeProfile>;
  /** Names of the NVML functions that were called since the last question. */
  calls(): string[];
  /** Waits for a call that is made after the sample, and forgets all up to it. */
  calledUntil(name: string): Promise<void>;
  /** Writes files that stand for the kernel's. */
  kernel(files: Record<string, string>): void;
  close(): void;
}

export function createBench(scenario: string | Buffer, variant?: NvmlVariant): Bench {
  const tree = createTree();
  const scenarioFile = path.join(tree.root, 'scenario.txt');
  const callsFile = path.join(tree.root, 'calls.txt');
  writeScenario(scenarioFile, scenario);
  const environment = { VRAMESH_TEST_NVML_SCENARIO: scenarioFile, VRAMESH_TEST_NVML_CALLS: callsFile };
  Object.assign(process.env, environment);
  const sampler = createSampler({ nvmlLibrary: buildNvml(variant), root: tree.root });
  let now = 0;
  let callsRead = 0;

  const bench: Bench = {
    play: (text) => writeScenario(scenarioFile, text),
    sample(later = 1000, fresh = false) {
      now += later;
      return nodeProfileSchema.parse(sampler.sample(now, fresh));
    },
    async sampleUntil(wished) {
      for (;;) {
        const profile = bench.sample(1);
        if (wished(profile)) return profile;
        await new Promise(setImmediate);
      }
    },
    calls() {
      const all = existsSync(callsFile) ? readFileSync(callsFile, 'utf8').trim().split('\n') : [];
      const fresh = all.slice(callsRead);
      callsRead = all.length;
      return fresh;
    },
    async calledUntil(name) {
      while (!bench.calls().includes(name)) await new Promise(setImmediate);
    },
    kernel: tree.write,
    close() {
      sampler.close();
      for (const name of Object.keys(environment)) delete process.env[name];
      tree.remove();
    },
  };
  return bench;
}
