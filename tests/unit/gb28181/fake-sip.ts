import assert from 'node:assert/strict';
import {
  parseMessage,
  serialiseMessage,
  type SipHeader,
  type SipRequest,
  type SipResponse,
} from '../../../bff/sip-parser-lite/src/index.ts';
import {
  type AnsweredInvite,
  type Dialog,
  type Flow,
  InviteCancelled,
  type OutgoingRequest,
  type ReplyOptions,
  type RequestHandler,
  type SipUserAgent,
  type SubscribeOrder,
} from '../../../bff/src/sip/index.ts';
import { FakeSubscription } from './fake-subscription.ts';

/** An answer that the layer under test gave. */
export interface Reply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
}

/** A request of the layer under test that waits for its answer. */
export interface SentRequest {
  readonly options: OutgoingRequest;
  readonly body: string;
  answer(status: number, reason?: string): void;
  fail(error: Error): void;
}

/** An INVITE of the layer under test. */
export interface SentInvite {
  readonly options: OutgoingRequest;
  readonly body: string;
  readonly dialog: FakeDialog;
  readonly cancelled: boolean;
  readonly acknowledged: number;
  answer(body: string): void;
  fail(error: Error): void;
}

/** A peer's address. */
export function aFlow(address = '198.51.100.7', port = 31_044, transport: Flow['transport'] = 'udp'): Flow {
  return {
    transport,
    remoteAddress: address,
    remotePort: port,
    key: `${transport}:${address}:${String(port)}`,
  };
}

/** A dialog whose peer is played by the test. */
export class FakeDialog implements Dialog {
  readonly callId: string;
  readonly localTag = 'p1';
  readonly remoteTag = 'd1';
  readonly remoteTarget = undefined;
  byes = 0;
  ended = false;
  /** Where the peer is, after each move. */
  readonly moves: Flow[] = [];
  #finishBye: (() => void) | undefined;
  #onEnded: ((by: 'local' | 'remote' | 'error') => void)[] = [];

  constructor(callId: string) {
    this.callId = callId;
  }

  request(): Promise<SipResponse> {
    throw new Error('no in-dialog request was expected');
  }

  /** Resolves when the test calls {@link byeAnswered}. */
  bye(): Promise<void> {
    this.byes += 1;
    return new Promise((resolve) => {
      this.#finishBye = resolve;
    });
  }

  moveTo(flow: Flow): void {
    this.moves.push(flow);
  }

  onRequest(): void {
    // The peer of this dialog says nothing but BYE.
  }

  onAcknowledged(handler: () => void): void {
    handler();
  }

  onEnded(handler: (by: 'local' | 'remote' | 'error') => void): void {
    this.#onEnded.push(handler);
  }

  byeAnswered(): void {
    this.end('local');
    this.#finishBye?.();
  }

  end(by: 'local' | 'remote' | 'error'): void {
    if (this.ended) return;
    this.ended = true;
    for (const handler of this.#onEnded) handler(by);
  }
}

/** Stands where the SIP floor stands: hands raw requests up, keeps what is sent down. */
export class FakeSip implements SipUserAgent {
  /** Flows of messages that were asked for. */
  readonly credited: Flow[] = [];
  readonly port = 5060;
  readonly requests: SentRequest[] = [];
  readonly invites: SentInvite[] = [];
  readonly subscriptions: FakeSubscription[] = [];
  /** Clock of the test. */
  nowMs: () => number = () => 0;
  readonly #handlers = new Map<string, RequestHandler>();
  readonly #flowClosed: ((flow: Flow) => void)[] = [];

  start(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  onRequest(method: string, handler: RequestHandler): void {
    this.#handlers.set(method, handler);
  }

  onFlowClosed(handler: (flow: Flow) => void): void {
    this.#flowClosed.push(handler);
  }

  credit(flow: Flow): void {
    this.credited.push(flow);
  }

  onTrace(): void {
    // Nothing is traced here.
  }

  closeFlow(flow: Flow): void {
    for (const handler of this.#flowClosed) handler(flow);
  }

  /** Hands a raw request up; gives the answer, which has to come at once. */
  receive(raw: Uint8Array, flow: Flow, dialog?: Dialog): Reply {
    const parsed = parseMessage(raw);
    assert.ok(parsed.ok && parsed.message.kind === 'request');
    const request: SipRequest = parsed.message;
    const replies: Reply[] = [];
    const handler = this.#handlers.get(request.method);
    assert.ok(handler, `nobody handles ${request.method}`);
    const reply = (status: number, options?: ReplyOptions): void => {
      const headers = new Map((options?.headers ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
      replies.push({ status, headers });
    };
    handler({ request, flow, dialog, reply, refuse: reply });
    assert.equal(replies.length, 1, 'a request is answered exactly once');
    return replies[0]!;
  }

  request(options: OutgoingRequest): Promise<SipResponse> {
    return new Promise((resolve, reject) => {
      this.requests.push({
        options,
        body: Buffer.from(options.body ?? []).toString('latin1'),
        answer: (status, reason = 'OK') => {
          resolve(aResponse(status, reason, ''));
        },
        fail: reject,
      });
    });
  }

  invite(options: OutgoingRequest): ReturnType<SipUserAgent['invite']> {
    const callId = `i${String(this.invites.length + 1)}`;
    const dialog = new FakeDialog(callId);
    const state = { cancelled: false, acknowledged: 0 };
    let reject: (error: Error) => void = () => undefined;
    let resolve: (answered: AnsweredInvite) => void = () => undefined;
    const answered = new Promise<AnsweredInvite>((onAnswer, onFailure) => {
      resolve = onAnswer;
      reject = onFailure;
    });
    answered.catch(() => undefined);
    this.invites.push({
      options,
      body: Buffer.from(options.body ?? []).toString('latin1'),
      dialog,
      get cancelled() {
        return state.cancelled;
      },
      get acknowledged() {
        return state.acknowledged;
      },
      answer: (body) => {
        const acknowledge = (): void => {
          state.acknowledged += 1;
        };
        resolve({ response: aResponse(200, 'OK', body), dialog, acknowledge });
      },
      fail: reject,
    });
    return {
      callId,
      answered,
      cancel: () => {
        state.cancelled = true;
        reject(new InviteCancelled());
      },
    };
  }

  contact(user: string): string {
    return `<sip:${user}@192.0.2.1:5060>`;
  }

  subscribe(order: SubscribeOrder): FakeSubscription {
    const callId = `s${String(this.subscriptions.length + 1)}`;
    const subscription = new FakeSubscription(callId, order, this.nowMs);
    this.subscriptions.push(subscription);
    return subscription;
  }

  acceptSubscription(): undefined {
    throw new Error('nobody subscribes here');
  }

  /** The newest request that was sent down. */
  get lastRequest(): SentRequest {
    const request = this.requests.at(-1);
    assert.ok(request, 'nothing was sent');
    return request;
  }

  get lastInvite(): SentInvite {
    const invite = this.invites.at(-1);
    assert.ok(invite, 'no INVITE was sent');
    return invite;
  }
}

function aResponse(status: number, reason: string, body: string): SipResponse {
  const written = serialiseMessage({ status, reason, headers: [], body: Buffer.from(body) });
  assert.ok(written.ok);
  const parsed = parseMessage(written.bytes);
  assert.ok(parsed.ok && parsed.message.kind === 'response');
  return parsed.message;
}

/** A raw request as a device sends it. */
export function rawRequest(options: {
  readonly method: string;
  readonly from: string;
  readonly headers?: readonly SipHeader[];
  readonly body?: Uint8Array | string;
}): Uint8Array {
  const { method, from, headers = [], body = '' } = options;
  const written = serialiseMessage({
    method,
    requestUri: 'sip:34020000002000000001@3402000000',
    headers: [
      { name: 'Via', value: 'SIP/2.0/UDP 192.168.1.64:5060;rport;branch=z9hG4bK1' },
      { name: 'From', value: `<sip:${from}@3402000000>;tag=1` },
      { name: 'To', value: '<sip:34020000002000000001@3402000000>' },
      { name: 'Call-ID', value: '1@192.168.1.64' },
      { name: 'CSeq', value: `1 ${method}` },
      ...headers,
    ],
    body: Buffer.from(body),
  });
  assert.ok(written.ok);
  return written.bytes;
}
