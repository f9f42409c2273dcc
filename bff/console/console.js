// The operator's console: devices, presence, access tokens. Talks to the operator API of its own origin.

const API = new URL('../console-api/v1', location.href).href;
const REFRESH_MS = 3_000;
const SESSION_NAME = 'yimu-console-session';

const byId = (id) => document.getElementById(id);
let refreshTimer;
let hasLostTouch = false;

byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  void signIn(new FormData(form).get('key').trim()).then(() => form.reset());
});
byId('add').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  const { gbId, name, password } = Object.fromEntries(new FormData(form));
  void act(async () => {
    await call('POST', '/devices', { gbId, password, ...(name ? { name } : {}) });
    form.reset();
  });
});
byId('token').addEventListener('click', () => {
  void act(async () => {
    byId('issued').textContent = (await call('POST', '/tokens')).accessToken;
  });
});
byId('leave').addEventListener('click', () => {
  sessionStorage.removeItem(SESSION_NAME);
  void show();
});
void begin();

/** The printed address carries the key behind `#`, which browsers send to nobody. */
async function begin() {
  const key = new URLSearchParams(location.hash.slice(1)).get('key');
  if (key) history.replaceState(null, '', location.pathname);
  await (key ? signIn(key) : show());
}

/** Trades the key for a session that ends by itself; the key is not kept. */
async function signIn(key) {
  try {
    const { sessionToken } = await call('POST', '/session', { key });
    sessionStorage.setItem(SESSION_NAME, sessionToken);
    tell('');
  } catch (error) {
    reveal(false);
    tell(error.message);
    return;
  }
  await show();
}

async function call(method, path, body) {
  const response = await fetch(API + path, {
    method,
    headers: {
      authorization: `Bearer ${sessionStorage.getItem(SESSION_NAME) ?? ''}`,
      'content-type': 'application/json',
    },
    body: body && JSON.stringify(body),
  });
  if (response.status === 204) return undefined;
  const answer = await response.json();
  if (response.ok) return answer;
  throw Object.assign(new Error(answer.message), { status: response.status });
}

async function show() {
  clearTimeout(refreshTimer);
  try {
    const { devices } = await call('GET', '/devices');
    if (hasLostTouch) tell('');
    hasLostTouch = false;
    reveal(true);
    draw(devices);
    refreshTimer = setTimeout(() => void show(), REFRESH_MS);
  } catch (error) {
    const isOut = error.status === 401;
    tell(isOut && !sessionStorage.getItem(SESSION_NAME) ? '' : error.message);
    hasLostTouch = !isOut;
    if (isOut) {
      sessionStorage.removeItem(SESSION_NAME);
      reveal(false);
    } else {
      refreshTimer = setTimeout(() => void show(), REFRESH_MS);
    }
  }
}

async function act(job) {
  try {
    tell('');
    await job();
    await show();
  } catch (error) {
    tell(error.message);
  }
}

function reveal(admitted) {
  byId('login').hidden = admitted;
  byId('desk').hidden = !admitted;
}

function tell(text) {
  byId('notice').textContent = text;
  byId('notice').hidden = text === '';
}

function draw(devices) {
  byId('count').textContent = `${devices.filter((device) => device.online).length} / ${devices.length} 在线`;
  byId('devices').replaceChildren(...devices.flatMap(rowsOf));
}

function rowsOf(device) {
  const remove = document.createElement('button');
  remove.className = 'plain';
  remove.textContent = '删除';
  remove.addEventListener('click', () => {
    if (confirm(`删除设备“${device.name}”？`))
      void act(() => call('DELETE', `/devices/${encodeURIComponent(device.gbId)}`));
  });
  const head = row('', [
    device.name,
    device.deviceSerial,
    device.gbId,
    presence(device.online),
    device.passwordRefused ? '注册密码不正确' : (device.address ?? ''),
    remove,
  ]);
  const channels = device.channels.map((channel) =>
    row('channel', [
      channel.name,
      `${device.deviceSerial}:${channel.channelNo}`,
      channel.gbId,
      presence(channel.online),
      '',
      '',
    ]),
  );
  return [head, ...channels];
}

function presence(online) {
  const mark = document.createElement('span');
  mark.className = online ? 'online' : 'offline';
  mark.textContent = online ? '在线' : '离线';
  return mark;
}

function row(className, cells) {
  const line = document.createElement('tr');
  line.className = className;
  for (const content of cells) {
    const cell = document.createElement('td');
    cell.append(content);
    line.append(cell);
  }
  return line;
}
