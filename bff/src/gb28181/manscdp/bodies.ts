/** The media type of every body here (GB/T 28181-2016 annex A.1). */
export const MANSCDP_TYPE = 'Application/MANSCDP+xml';

type Fields = readonly (readonly [name: string, value: string])[];

/** A query without further fields: Catalog, DeviceInfo (annex A.2.4). */
export function queryBody(
  cmdType: 'Catalog' | 'DeviceInfo',
  query: { readonly sn: number; readonly deviceId: string; readonly gbVersion: string | undefined },
): Uint8Array {
  return document('Query', query.gbVersion, [
    ['CmdType', cmdType],
    ['SN', String(query.sn)],
    ['DeviceID', query.deviceId],
  ]);
}

/** A PTZ command (annex A.2.3 a); the priority is not in the schema, and every device knows it. */
export function ptzBody(command: {
  readonly sn: number;
  readonly channelId: string;
  readonly ptzCmd: string;
  readonly gbVersion: string | undefined;
}): Uint8Array {
  return document(
    'Control',
    command.gbVersion,
    [
      ['CmdType', 'DeviceControl'],
      ['SN', String(command.sn)],
      ['DeviceID', command.channelId],
      ['PTZCmd', command.ptzCmd],
    ],
    '<Info>\r\n<ControlPriority>5</ControlPriority>\r\n</Info>\r\n',
  );
}

/** All values are digits of ours: they need neither escapes nor a charset, and the declaration is what devices expect. */
function document(root: string, gbVersion: string | undefined, fields: Fields, tail = ''): Uint8Array {
  const encoding = gbVersion === '3.0' ? 'GB18030' : 'GB2312';
  const inner = fields.map(([name, value]) => `<${name}>${value}</${name}>\r\n`).join('');
  return Buffer.from(
    `<?xml version="1.0" encoding="${encoding}"?>\r\n<${root}>\r\n${inner}${tail}</${root}>\r\n`,
    'latin1',
  );
}
