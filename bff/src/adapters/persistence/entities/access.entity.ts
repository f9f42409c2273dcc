import { EntitySchema } from 'typeorm';
import { epochMs, flag, text } from './columns.ts';

/** Row of `app`. */
export interface AppRow {
  id: number;
  appKey: string;
  secretHash: string;
  name: string;
  disabled: boolean;
  createdAtMs: number;
}

export const AppEntity = new EntitySchema<AppRow>({
  name: 'app',
  columns: {
    id: { type: Number, primary: true, generated: true },
    appKey: text('app_key', 64),
    secretHash: text('secret_hash', 255),
    name: text('name', 64),
    disabled: flag('disabled'),
    createdAtMs: epochMs('created_at_ms'),
  },
  indices: [{ name: 'app_app_key', columns: ['appKey'], unique: true }],
});

/** Row of `access_token`. */
export interface TokenRow {
  tokenHash: string;
  appId: number;
  issuedAtMs: number;
  expiresAtMs: number;
}

export const TokenEntity = new EntitySchema<TokenRow>({
  name: 'access_token',
  columns: {
    tokenHash: { ...text('token_hash', 64), primary: true },
    appId: { name: 'app_id', type: Number },
    issuedAtMs: epochMs('issued_at_ms'),
    expiresAtMs: epochMs('expires_at_ms'),
  },
  indices: [{ name: 'access_token_expires', columns: ['expiresAtMs'] }],
});
