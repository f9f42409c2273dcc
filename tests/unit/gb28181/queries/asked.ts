import { NVR, PlatformHarness, snOf } from '../a-platform.ts';
import { bodyOf, fixture, withSn } from '../fixture.ts';
import { aFlow } from '../fake-sip.ts';

/** A device that is online, and what has been learnt of it. */
export class Asked {
  readonly harness: PlatformHarness;
  readonly learned: string[] = [];

  private constructor(harness: PlatformHarness) {
    this.harness = harness;
    harness.platform.on('learned', ({ command, outcome }) => this.learned.push(`${command} ${outcome}`));
  }

  static async device(gbVersion?: string): Promise<Asked> {
    const asked = new Asked(await new PlatformHarness().start());
    const headers = gbVersion === undefined ? [] : [{ name: 'X-GB-Ver', value: gbVersion }];
    asked.harness.online(NVR, aFlow(), headers);
    return asked;
  }

  get platform(): PlatformHarness['platform'] {
    return this.harness.platform;
  }

  /** The body that was sent last; its SIP 200 comes. */
  async taken(): Promise<string> {
    await this.harness.clock.advance(0);
    const request = this.harness.sip.lastRequest;
    request.answer(200);
    return request.body;
  }

  /** A message of the device with the SN of what it was sent last. */
  tell(inner: string, root = 'Response'): void {
    const sn = snOf(this.harness.sip.lastRequest.body);
    this.harness.message(
      NVR,
      `<?xml version="1.0"?><${root}>${inner.replace('<SN/>', `<SN>${sn}</SN>`)}</${root}>`,
    );
  }

  /** A message form of the standard with the SN of what the device was sent last. */
  tellForm(name: string): void {
    this.tellFile(`gb28181/${name}.sip`);
  }

  /** What a fixture has a device say, with the SN of what it was sent last. */
  tellFile(path: string): void {
    const sn = snOf(this.harness.sip.lastRequest.body);
    this.harness.message(NVR, withSn(bodyOf(fixture(path)), sn));
  }

  /** How many questions wait. */
  get waiting(): number {
    return this.harness.figure('yimu_gb_queries_waiting');
  }
}
