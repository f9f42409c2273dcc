import type { Instruments } from '../../kernel/index.ts';
import type { EngineCounts } from '../../media-engine/index.ts';

/** What the engine has counted before it told anything. */
export const NO_COUNTS: EngineCounts = {
  rtpPortsInUse: 0,
  streams: 0,
  viewers: 0,
  waitingViewers: 0,
  packets: 0,
  packetsLost: 0,
  foreignSsrcPackets: 0,
  malformedPackets: 0,
  resyncs: 0,
  receiveBufferBytes: undefined,
  viewerSkips: 0,
  viewersCut: 0,
  viewerQueueBytes: 0,
  refusedViewers: 0,
  relays: 0,
  relayedPackets: 0,
  relaySkipped: 0,
  talks: 0,
  talkPackets: 0,
};

/** The counts of an engine that is gone: its sums stay, nothing of it is open. */
export function closedCounts(counts: EngineCounts): EngineCounts {
  return {
    ...counts,
    rtpPortsInUse: 0,
    streams: 0,
    viewers: 0,
    waitingViewers: 0,
    viewerQueueBytes: 0,
    relays: 0,
    talks: 0,
  };
}

/** Registers what the engine counts for `/metrics`. */
export function measureMedia(instruments: Instruments, counts: () => EngineCounts): void {
  const gauge = (name: string, help: string, figure: keyof EngineCounts): void => {
    instruments.gauge(name, help, () => counts()[figure] ?? 0);
  };
  gauge('yimu_rtp_ports_in_use', 'RTP ports that are lent to streams', 'rtpPortsInUse');
  gauge('yimu_streams', 'streams that are received', 'streams');
  gauge('yimu_viewers', 'viewers that are connected', 'viewers');
  gauge('yimu_viewers_waiting', 'viewers that wait for their stream', 'waitingViewers');
  gauge('yimu_rtp_packets', 'RTP packets of streams', 'packets');
  gauge('yimu_rtp_packets_lost', 'RTP packets that never came', 'packetsLost');
  gauge('yimu_rtp_foreign_ssrc', 'RTP packets of another source', 'foreignSsrcPackets');
  gauge('yimu_rtp_malformed', 'datagrams that were no RTP', 'malformedPackets');
  gauge('yimu_rtp_resyncs', 'times the framing of RTP over TCP was lost', 'resyncs');
  gauge('yimu_rtp_receive_buffer_bytes', 'smallest UDP receive buffer given', 'receiveBufferBytes');
  gauge('yimu_viewer_skips', 'times a slow viewer lost frames', 'viewerSkips');
  gauge('yimu_viewers_cut', 'viewers cut because they took nothing', 'viewersCut');
  gauge('yimu_viewer_queue_bytes', 'bytes that wait for viewers', 'viewerQueueBytes');
  gauge('yimu_viewers_refused', 'viewers that were refused', 'refusedViewers');
  gauge('yimu_relays', 'streams that are passed on to upper platforms', 'relays');
  gauge('yimu_relayed_packets', 'RTP packets that were passed on', 'relayedPackets');
  gauge('yimu_talks', 'voices that are sent to devices', 'talks');
  gauge('yimu_talk_packets', 'voice packets sent to devices', 'talkPackets');
  gauge('yimu_relay_skipped', 'RTP packets left out because their receiver was slow', 'relaySkipped');
}
