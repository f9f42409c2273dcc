import { type Clock, withDeadline } from '../kernel/index.ts';

const ANSWERS_WITHIN_MS = 2_000;

/** What a server that can do its job stands on. */
interface Foundations {
  readonly clock: Clock;
  readonly database: { answers(): Promise<boolean> };
  readonly media: { stats(): Promise<unknown> };
}

/** What keeps the server from doing its job now, for `/readyz`. Never rejects. */
export async function obstacles({ clock, database, media }: Foundations): Promise<readonly string[]> {
  const [hasDatabase, hasMedia] = await Promise.all([
    database.answers(),
    withDeadline(media.stats(), ANSWERS_WITHIN_MS, 'the media thread', clock).then(
      () => true,
      () => false,
    ),
  ]);
  return [
    ...(hasDatabase ? [] : ['the database does not answer']),
    ...(hasMedia ? [] : ['the media thread does not answer']),
  ];
}
