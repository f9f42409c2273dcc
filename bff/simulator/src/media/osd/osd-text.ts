/** The line that a camera shows: the local time, and for a dome where it looks. */
export function osdText(
  now: Date,
  gaze: { readonly pan: number; readonly tilt: number; readonly zoom: number } | undefined,
): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = [String(now.getFullYear()), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const time = [two(now.getHours()), two(now.getMinutes()), two(now.getSeconds())].join(':');
  const look = gaze
    ? `P${signed(gaze.pan, 5)} T${signed(gaze.tilt, 4)} Z${gaze.zoom.toFixed(1).padStart(4, '0')}`
    : '';
  return `${date} ${time} ${look}`.trimEnd();
}

function signed(value: number, width: number): string {
  const rounded = Number(value.toFixed(1));
  return `${rounded < 0 ? '-' : '+'}${Math.abs(rounded).toFixed(1).padStart(width, '0')}`;
}
