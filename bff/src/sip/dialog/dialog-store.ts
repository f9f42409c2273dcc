import type { SipRequest } from 'sip-parser-lite';
import type { Cancel } from '../../kernel/index.ts';
import { hasTag } from '../message/reply-bytes.ts';
import { ConnectionIndex } from '../transport/connection-index.ts';
import type { Flow } from '../types.ts';
import type { SipDialog } from './dialog.ts';

/**
 * Methods that only make sense within a dialog and do no harm there, so that a peer which forgets the tags is
 * understood all the same. An INVITE without a tag asks for a new dialog; a MESSAGE needs none.
 */
const UNDERSTOOD_WITHOUT_TAG: ReadonlySet<string> = new Set(['ACK', 'BYE', 'INFO']);

/** The live dialogs, by Call-ID and tags (RFC 3261 §12), and by the connection that they hang on. */
export class DialogStore {
  readonly #byCallId = new Map<string, SipDialog[]>();
  readonly #byConnection = new ConnectionIndex<SipDialog>();
  readonly #capacity: number;
  #size = 0;
  #reserved = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether there is no room for one more, those included that are being asked for. */
  get full(): boolean {
    return this.#size + this.#reserved >= this.#capacity;
  }

  /** Keeps a place for a dialog that is asked for; it is given back by the call that this gives, or not there. */
  reserve(): Cancel | undefined {
    if (this.full) return undefined;
    this.#reserved += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#reserved -= 1;
      isHeld = false;
    };
  }

  add(dialog: SipDialog): void {
    const siblings = this.#byCallId.get(dialog.callId);
    if (siblings === undefined) this.#byCallId.set(dialog.callId, [dialog]);
    else siblings.push(dialog);
    this.#size += 1;
    this.#byConnection.add(dialog, dialog.flow);
  }

  remove(dialog: SipDialog): void {
    const siblings = this.#byCallId.get(dialog.callId);
    const left = siblings?.filter((other) => other !== dialog) ?? [];
    // A branch of a fork that nobody wants was never in here.
    if (siblings === undefined || left.length === siblings.length) return;
    if (left.length === 0) this.#byCallId.delete(dialog.callId);
    else this.#byCallId.set(dialog.callId, left);
    this.#size -= 1;
    this.#byConnection.remove(dialog, dialog.flow);
  }

  /** The peer of a dialog speaks over another flow than before. */
  moved(dialog: SipDialog, before: Flow): void {
    this.#byConnection.remove(dialog, before);
    this.#byConnection.add(dialog, dialog.flow);
  }

  /** The dialog in which the peer sent this request. */
  of(request: SipRequest, flow: Flow): SipDialog | undefined {
    if (this.#size === 0) return undefined;
    const isTagged = hasTag(request, request.header('To') ?? '');
    if (!isTagged && !UNDERSTOOD_WITHOUT_TAG.has(request.method)) return undefined;
    const dialogs = this.#byCallId.get(request.callId ?? '');
    if (dialogs === undefined) return undefined;
    const localTag = isTagged ? request.to?.tag : undefined;
    const remoteTag = request.from?.tag ?? '';
    return (
      dialogs.find((dialog) => dialog.localTag === localTag && dialog.remoteTag === remoteTag) ??
      dialogs.find((dialog) => isMeant(dialog, localTag, remoteTag) && comesFromPeer(dialog, flow))
    );
  }

  /** The connection is gone, and with it the way to every peer that was reached over it. */
  endOn(connection: Flow): void {
    for (const dialog of this.#byConnection.on(connection)) dialog.end('error');
  }

  endAll(): void {
    for (const dialogs of [...this.#byCallId.values()])
      for (const dialog of [...dialogs]) dialog.end('error');
  }
}

/**
 * Vendor: devices of RFC 2543 times leave out tags, their own or ours; RFC 3261 §12.2.2 compares both. A tag that
 * was never given, or is missing now, is taken for the right one.
 */
function isMeant(dialog: SipDialog, localTag: string | undefined, remoteTag: string): boolean {
  if (localTag !== undefined && localTag !== dialog.localTag) return false;
  return remoteTag === '' || dialog.remoteTag === '' || remoteTag === dialog.remoteTag;
}

/** Where less than both tags are known, the address has to be the peer's. */
function comesFromPeer(dialog: SipDialog, flow: Flow): boolean {
  return dialog.flow.remoteAddress === flow.remoteAddress;
}
