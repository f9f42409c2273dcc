import { call, CallFailure } from './calls.ts';

const PREFIX = 'yimu:';

/** WeChat's limits, bytes. */
const KEY_LIMIT = 1024 * 1024;
const TOTAL_LIMIT = 10 * 1024 * 1024;

interface StorageInfo {
  readonly keys: string[];
  /** KB */
  readonly currentSize: number;
  readonly limitSize: number;
}

function keysOf(storage: Storage): string[] {
  return Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => key.slice(PREFIX.length));
}

/** `wx` storage in the browser's own; values keep their type, an absent key reads as ''. */
export function storageApi(storage: Storage): Record<string, unknown> {
  const read = (key: string): unknown => {
    const text = storage.getItem(PREFIX + key);
    if (text === null) return undefined;
    try {
      return (JSON.parse(text) as { value?: unknown }).value;
    } catch {
      return undefined;
    }
  };
  const write = (key: string, value: unknown): void => {
    const text = JSON.stringify({ value });
    if (text.length > KEY_LIMIT) throw new CallFailure('entry size limit reached');
    storage.setItem(PREFIX + key, text);
  };
  const remove = (key: string): void => {
    storage.removeItem(PREFIX + key);
  };
  const clear = (): void => {
    keysOf(storage).forEach(remove);
  };
  const info = (): StorageInfo => {
    const keys = keysOf(storage);
    const size = keys.reduce((sum, key) => sum + (storage.getItem(PREFIX + key)?.length ?? 0), 0);
    return { keys, currentSize: Math.ceil(size / 1024), limitSize: TOTAL_LIMIT / 1024 };
  };
  return {
    getStorageSync: (key: string) => read(key) ?? '',
    setStorageSync: write,
    removeStorageSync: remove,
    clearStorageSync: clear,
    getStorageInfoSync: info,
    getStorage: call<{ key: string }>('getStorage', ({ key }) => {
      const data = read(key);
      if (data === undefined) throw new CallFailure('data not found');
      return { data };
    }),
    setStorage: call<{ key: string; data: unknown }>('setStorage', ({ key, data }) => {
      write(key, data);
    }),
    removeStorage: call<{ key: string }>('removeStorage', ({ key }) => {
      remove(key);
    }),
    clearStorage: call('clearStorage', clear),
    getStorageInfo: call('getStorageInfo', info),
  };
}
