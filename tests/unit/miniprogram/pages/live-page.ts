import assert from 'node:assert/strict';
import {
  openMiniProgram,
  type MiniProgramInDom,
  type MiniProgramOptions,
  type StartedPlayer,
} from '../../../support/mp-dom.ts';
import { FakeServer, SERIAL, TOKEN } from './fake-server.ts';

export const ADDRESS = '/api/lapp/v2/live/address/get';
export const INFO = '/api/lapp/device/info';
export const CAPACITY = '/api/lapp/device/capacity';

/** A camera with its token, as a link names it. */
export const CAMERA = `?accessToken=${TOKEN}&deviceSerial=${SERIAL}&channelNo=1`;

/** The live page in a document, with the server and the player played by the test. */
export class LivePage {
  readonly server = new FakeServer();
  #mp: MiniProgramInDom | undefined;

  get mp(): MiniProgramInDom {
    return this.#mp ?? assert.fail('the page is not open');
  }

  async open(query = CAMERA, options: MiniProgramOptions = {}): Promise<void> {
    this.#mp?.close();
    this.#mp = await openMiniProgram({
      page: `/pages/live/index${query}`,
      respond: this.server.respond,
      ...options,
    });
  }

  /** The player that was started last. */
  player(): StartedPlayer {
    return this.mp.players.at(-1) ?? assert.fail('nothing plays');
  }

  /** The page with a moving picture. */
  async play(query = CAMERA, options: MiniProgramOptions = {}): Promise<void> {
    await this.open(query, options);
    await this.mp.until(() => this.mp.players.length === 1);
    this.picture();
    await this.mp.until(() => this.mp.has('#chip') && this.server.of(CAPACITY).length > 0);
  }

  /** The picture comes and moves. */
  picture(): void {
    const { events } = this.player();
    events.connected();
    events.begun();
    events.resolution(1280, 720);
    events.firstFrame();
    events.playing();
  }

  /** Title, cause, button and small print of the notice. */
  notice(): readonly [string, string, string, string] {
    const said = (id: string): string => (this.mp.has(`#${id}`) ? this.mp.text(`#${id}`) : '');
    return [said('notice-title'), said('notice-cause'), said('notice-action'), said('notice-code')];
  }

  async failsWith(title: string, code: string): Promise<void> {
    await this.mp.until(() => this.mp.has('#notice-title'));
    const [shown, cause, , small] = this.notice();
    assert.equal(shown, title);
    assert.notEqual(cause, '');
    assert.equal(small, `错误码 ${code}`);
  }

  /** Closes the page; nothing may have gone wrong in it. */
  close(): void {
    const { complaints } = this.mp;
    this.mp.close();
    assert.deepEqual(complaints, []);
  }
}
