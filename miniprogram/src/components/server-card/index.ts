import { readServerUrl } from '../../models/server-url.ts';
import { SERVER_TEXTS } from '../../texts/pages.ts';

export type ServerState = keyof typeof SERVER_TEXTS.states;

/** Where the server is and whether it answers. `change` ({url}): the user wants another; '' is the built-in one. */
Component({
  properties: {
    url: { type: String, value: '' },
    state: { type: String, value: 'checking' as ServerState },
  },
  data: {
    editing: false,
    typed: '',
    error: '',
    address: '',
    stateText: '',
    texts: SERVER_TEXTS,
  },
  observers: {
    'url, state'(url: string, state: ServerState) {
      const address = state === 'missing' ? SERVER_TEXTS.missing : url === '' ? SERVER_TEXTS.own : url;
      this.setData({ address, stateText: SERVER_TEXTS.states[state] });
      if (state === 'missing' && !this.data.editing) this.setData({ editing: true });
    },
  },
  methods: {
    onEdit() {
      this.setData({ editing: true, typed: this.data.url, error: '' });
    },
    onChange(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.setData({ typed: event.detail.value, error: '' });
    },
    onCancel() {
      this.setData({ editing: false, error: '' });
    },
    onSave() {
      const typed = this.data.typed.trim();
      const url = typed === '' ? '' : readServerUrl(typed);
      if (url === undefined) {
        this.setData({ error: SERVER_TEXTS.wrong });
        return;
      }
      this.setData({ editing: false, error: '' });
      this.triggerEvent('change', { url });
    },
  },
});
