/**
 * Where the server is: `https://host` or `https://host:port`, no slash at the end. Empty means the page's own origin,
 * which only the browser host has; a package for phones is built with the address of its server here, or the user
 * enters one on the first page.
 */
export const SERVER_URL = '';

/** Storage key under which the user's own server address overrides {@link SERVER_URL}. */
export const SERVER_URL_KEY = 'serverUrl';
