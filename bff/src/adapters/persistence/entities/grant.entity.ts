import { EntitySchema } from 'typeorm';
import { epochMs, text } from './columns.ts';

/** Row of `grant_key`. */
export interface GrantKeyRow {
  no: number;
  sealedKey: string;
  createdAtMs: number;
}

export const GrantKeyEntity = new EntitySchema<GrantKeyRow>({
  name: 'grant_key',
  columns: {
    no: { name: 'no', type: Number, primary: true },
    sealedKey: text('sealed_key', 255),
    createdAtMs: epochMs('created_at_ms'),
  },
});

/** Row of `grant_cancellation`. */
export interface GrantCancellationRow {
  channelName: string;
  grantId: string;
  issuedUntilS: number;
  forgetAtMs: number;
}

export const GrantCancellationEntity = new EntitySchema<GrantCancellationRow>({
  name: 'grant_cancellation',
  columns: {
    channelName: { ...text('channel_name', 64), primary: true },
    grantId: { ...text('grant_id', 64), primary: true },
    issuedUntilS: epochMs('issued_until_s'),
    forgetAtMs: epochMs('forget_at_ms'),
  },
  indices: [{ name: 'grant_cancellation_forget', columns: ['forgetAtMs'] }],
});
