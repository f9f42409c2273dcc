import type { ViewerQuestion } from '../delivery/viewer-question.ts';
import type { RelayOrder } from '../relay/relay-book.ts';
import type { RelayEnd } from '../relay/relay.ts';
import type { TalkLoss, TalkSource, TalkWay } from '../talk/talk-book.ts';
import type { VoiceAddress } from '../talk/voice-way.ts';

/** How RTP reaches the engine. */
export type RtpTransport = 'udp' | 'tcp-passive' | 'tcp-active';

/** What the worker is started with. */
export interface WorkerSetup {
  /** 0–0: any free ports. */
  readonly rtpPorts: { readonly from: number; readonly to: number };
  readonly rtpHost: string;
  readonly flvPort: number;
  readonly flvHost: string;
  readonly maxSessions: number;
  readonly maxViewers: number;
  /** Of one remote address, those who wait included. */
  readonly maxViewersPerAddress: number;
  /** Viewers come through a proxy of the operator, which tells their address. */
  readonly behindProxy: boolean;
  /** How long a viewer may wait for the stream that it asked for, ms. */
  readonly viewerWaitMs: number;
}

/** An order to receive one stream. */
export interface SourceOrder {
  readonly sessionId: string;
  readonly transport: RtpTransport;
  readonly ssrc: number;
  readonly firstPacketTimeoutMs: number;
  readonly silenceTimeoutMs: number;
  /** A recording: its sender closing the connection is its silence, which is borne for a while. */
  readonly isHistory?: boolean;
  /** Where all of it is written, too; the file does not exist yet. */
  readonly recordTo?: string;
}

/** How a recording plays from now on. */
export interface SourceSteering {
  /** Nothing will come until it is resumed: silence is no loss. */
  readonly paused: boolean;
  /** It plays at another pace than its own. */
  readonly byArrival: boolean;
  /** What comes next is of another place. */
  readonly jumps: boolean;
}

/** Why a source ended. */
export type SourceEnd = 'no-rtp' | 'no-track' | 'rtp-timeout' | 'transport' | 'storage' | 'closed';

/** What a stream carries. */
export interface SourceTracks {
  readonly video: string | undefined;
  readonly audio: string | undefined;
  /** Why sound that the camera sends is not carried. */
  readonly audioFault?: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** Counts of one source. */
export interface SourceStats {
  readonly sessionId: string;
  readonly viewers: number;
  readonly bytesIn: number;
  readonly packetsIn: number;
  readonly packetsLost: number;
  readonly foreignSsrcPackets: number;
  readonly tracks: SourceTracks | undefined;
  /** Frames so far that a viewer can begin at. */
  readonly keyFrames: number;
  /** How much of a recording was shown, by its stamps, ms. */
  readonly mediaMs: number;
  /** Bytes of the file that it is written to. */
  readonly fileBytes: number;
}

/** Sums over the life of the worker. */
export interface EngineCounts {
  readonly rtpPortsInUse: number;
  readonly streams: number;
  readonly viewers: number;
  readonly waitingViewers: number;
  readonly packets: number;
  readonly packetsLost: number;
  readonly foreignSsrcPackets: number;
  readonly malformedPackets: number;
  /** Times the framing of a TCP connection was lost. */
  readonly resyncs: number;
  /** The smallest UDP receive buffer that the system has given, bytes; undefined before the first. */
  readonly receiveBufferBytes: number | undefined;
  readonly viewerSkips: number;
  readonly viewersCut: number;
  /** Bytes that wait for viewers. */
  readonly viewerQueueBytes: number;
  readonly refusedViewers: number;
  /** Streams that are passed on to other platforms. */
  readonly relays: number;
  readonly relayedPackets: number;
  /** Packets left out because the receiver was slow. */
  readonly relaySkipped: number;
  readonly talks: number;
  readonly talkPackets: number;
}

/** Main thread to worker. Calls carry an id and are answered once. */
export type ToWorker =
  | { readonly kind: 'call'; readonly id: number; readonly call: WorkerCall }
  | { readonly kind: 'verdict'; readonly id: number; readonly verdict: ViewerVerdict };

export type WorkerCall =
  | { readonly do: 'open'; readonly order: SourceOrder }
  | { readonly do: 'connect'; readonly sessionId: string; readonly address: string; readonly port: number }
  | { readonly do: 'accept-ssrc'; readonly sessionId: string; readonly ssrc: number }
  | { readonly do: 'reopen'; readonly order: SourceOrder }
  | { readonly do: 'steer'; readonly sessionId: string; readonly steering: SourceSteering }
  | { readonly do: 'drain'; readonly sessionId: string; readonly quietMs: number; readonly limitMs: number }
  | { readonly do: 'close'; readonly sessionId: string }
  | { readonly do: 'kick'; readonly tag: string }
  | { readonly do: 'open-relay'; readonly order: RelayOrder }
  | { readonly do: 'close-relay'; readonly relayId: string }
  | TalkCall
  | { readonly do: 'stats' }
  | { readonly do: 'shutdown' };

/** What is done with a talk; see `TalkBook`. */
export type TalkCall =
  | { readonly do: 'open-talk'; readonly talkId: string; readonly source: TalkSource }
  | { readonly do: 'bind-talk'; readonly talkId: string; readonly way: TalkWay }
  | { readonly do: 'start-talk'; readonly talkId: string; readonly remote: VoiceAddress | undefined }
  | { readonly do: 'feed-talk'; readonly talkId: string; readonly pcm: Uint8Array }
  | { readonly do: 'finish-talk'; readonly talkId: string }
  | { readonly do: 'talk-state'; readonly talkId: string }
  | { readonly do: 'close-talk'; readonly talkId: string };

export type ViewerVerdict =
  | { readonly allow: true; readonly sessionId: string; readonly tag: string }
  | { readonly allow: false; readonly code: string; readonly message: string };

/** Worker to main thread. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly flvPort: number }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'refusal'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly kind: 'question'; readonly id: number; readonly question: ViewerQuestion }
  | { readonly kind: 'source-up'; readonly sessionId: string; readonly tracks: SourceTracks }
  | { readonly kind: 'source-lost'; readonly sessionId: string; readonly why: SourceEnd }
  | { readonly kind: 'fault'; readonly sessionId: string; readonly message: string }
  | { readonly kind: 'relay-lost'; readonly relayId: string; readonly why: RelayEnd }
  | { readonly kind: 'talk-ended'; readonly talkId: string }
  | { readonly kind: 'talk-lost'; readonly talkId: string; readonly why: TalkLoss }
  | { readonly kind: 'viewer-joined'; readonly sessionId: string; readonly tag: string }
  | { readonly kind: 'viewer-left'; readonly sessionId: string; readonly tag: string }
  | { readonly kind: 'counts'; readonly counts: EngineCounts };
