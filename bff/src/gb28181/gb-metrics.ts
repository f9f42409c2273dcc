import type { Counter, CounterFamily, Instruments } from '../kernel/index.ts';

/** What this layer counts; the gauges read their owners. */
export class GbMetrics {
  readonly registerResults: CounterFamily;
  readonly offline: CounterFamily;
  readonly flapping: Counter;
  readonly keepalives: Counter;
  readonly refusedMessages: CounterFamily;
  readonly manscdpMessages: CounterFamily;
  readonly manscdpFaults: CounterFamily;
  readonly manscdpRepairs: CounterFamily;
  readonly commands: CounterFamily;
  readonly catalogs: CounterFamily;
  readonly catalogItemsRefused: Counter;
  readonly catalogItemsRepeated: Counter;
  readonly recordQueries: CounterFamily;
  readonly subscribes: CounterFamily;
  readonly notifies: CounterFamily;
  readonly inviteResults: CounterFamily;
  readonly dialogEnds: CounterFamily;

  constructor(instruments: Instruments) {
    const family = (name: string, help: string, label: string): CounterFamily =>
      instruments.family(`yimu_${name}`, help, label);
    this.registerResults = family('register_results', 'REGISTER requests by result', 'result');
    this.offline = family('devices_offline', 'devices that went offline, by cause', 'cause');
    this.flapping = instruments.counter(
      'yimu_register_flapping',
      'registrations that keep moving between addresses: two devices may share one ID',
    );
    this.keepalives = instruments.counter('yimu_keepalives', 'keepalives of registered devices');
    this.refusedMessages = family('gb_messages_refused', 'MESSAGE and NOTIFY refused, by why', 'why');
    this.manscdpMessages = family('manscdp_messages', 'MANSCDP bodies read, by kind', 'kind');
    this.manscdpFaults = family('manscdp_faults', 'MANSCDP bodies refused, by fault', 'fault');
    this.manscdpRepairs = family('manscdp_repairs', 'faults of MANSCDP bodies that were tolerated', 'repair');
    this.commands = family('gb_commands', 'queries and commands sent, by result', 'result');
    this.catalogItemsRefused = instruments.counter(
      'yimu_catalog_items_refused',
      'items of catalogues beyond the limit of one catalogue',
    );
    this.catalogItemsRepeated = instruments.counter(
      'yimu_catalog_items_repeated',
      'items of catalogues that bear the ID of another one of the same catalogue',
    );
    this.catalogs = family('catalogs', 'catalogue queries by result', 'result');
    this.recordQueries = family('record_queries', 'RecordInfo queries by result', 'result');
    this.subscribes = family('gb_subscribes', 'SUBSCRIBEs sent, by result', 'result');
    this.notifies = family('gb_notifies', 'NOTIFYs of subscriptions, by the way they came', 'way');
    this.inviteResults = family('invite_results', 'INVITEs sent, by result', 'result');
    this.dialogEnds = family('media_dialog_ends', 'media sessions that ended, by whom', 'by');
  }
}
