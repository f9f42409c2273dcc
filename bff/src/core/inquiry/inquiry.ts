import type { Clock, Instruments, Logger, RandomSource } from '../../kernel/index.ts';
import { Capabilities } from '../capabilities/capabilities.ts';
import { DeviceConfig } from '../config/device-config.ts';
import type { DeviceRegistry } from '../devices/device-registry.ts';
import type { ConfigPort } from '../ports/config.ts';
import type { CapabilityRepository, LearningPort } from '../ports/learning.ts';
import type { QueriesPort } from '../ports/queries.ts';
import type { SnapshotStore } from '../ports/snapshots.ts';
import { DeviceQuestions } from '../queries/device-questions.ts';
import { Snapshots } from '../snapshots/snapshots.ts';

/** Where devices are asked and configured, and where their pictures go. */
export interface InquiryPorts {
  readonly queries: QueriesPort;
  readonly config: ConfigPort;
  readonly learning: LearningPort;
  readonly snapshots: SnapshotStore;
  /** Where devices reach this server by HTTP, without a slash at the end; undefined: nowhere yet. */
  readonly uploadBase: () => string | undefined;
}

interface Deps {
  readonly registry: DeviceRegistry;
  readonly repository: CapabilityRepository;
  readonly ports: InquiryPorts;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly logger: Logger;
  readonly instruments: Instruments;
  readonly writeBehindMs: number;
}

/** What devices are asked, how they are configured, and what is learnt from their answers. */
export class Inquiry {
  readonly capabilities: Capabilities;
  readonly questions: DeviceQuestions;
  readonly config: DeviceConfig;
  readonly snapshots: Snapshots;
  readonly #ports: InquiryPorts;
  readonly #ends: (() => void)[] = [];

  constructor({ ports, writeBehindMs, repository, registry, ...common }: Deps) {
    const { queries, config, snapshots: store, uploadBase } = ports;
    const capabilities = new Capabilities({ ...common, registry, repository, periodMs: writeBehindMs });
    this.#ports = ports;
    this.capabilities = capabilities;
    this.questions = new DeviceQuestions({ queries, capabilities });
    this.config = new DeviceConfig({ config, capabilities });
    this.snapshots = new Snapshots({ ...common, config, capabilities, store, uploadBase });
  }

  /** Loads what is kept and begins to listen. */
  async start(): Promise<void> {
    await this.capabilities.load();
    const { learning, config } = this.#ports;
    this.#ends.push(
      learning.onLearned((outcome) => {
        this.capabilities.learn(outcome);
      }),
      config.onSnapshotsFinished((notice) => {
        this.snapshots.onFinished(notice);
      }),
    );
  }

  tick(): void {
    this.capabilities.tick();
  }

  /** Writes what waits. */
  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    await this.capabilities.flush();
  }
}
