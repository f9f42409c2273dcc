import { liveUrl, readEntry } from '../../models/camera-entry.ts';
import { cameraCodeText, readCameraCode } from '../../models/device-code.ts';
import {
  emptyForm,
  formView,
  left,
  toastOf,
  typed,
  type OwnField,
  type OwnForm,
} from '../../models/own-form.ts';
import { toast } from '../../platform/notices.ts';
import { openPage, replacePage } from '../../platform/pages.ts';
import { keepOwnCamera, lastOwnCamera } from '../../services/remembered.ts';
import { OWN_TEXTS, shareTitle } from '../../texts/pages.ts';

type FieldEvent<Detail extends object> = WechatMiniprogram.CustomEvent<Detail, object, { field: OwnField }>;

Page({
  data: {
    texts: OWN_TEXTS,
    form: emptyForm(),
    view: formView(emptyForm()),
    remember: false,
  },

  onLoad(query) {
    const last = lastOwnCamera();
    const entry = readEntry(query, {});
    const code = 'deviceSerial' in entry ? cameraCodeText(entry) : last.code;
    this.setData({ remember: last.token !== '' });
    this.show(emptyForm(code, last.token));
  },

  onChange(event: FieldEvent<{ value: string }>) {
    this.show(typed(this.data.form, event.currentTarget.dataset.field, event.detail.value));
  },

  onLeave(event: FieldEvent<object>) {
    const { field } = event.currentTarget.dataset;
    const note = toastOf(this.data.form, field);
    if (note !== '') toast(note);
    this.show(left(this.data.form, field));
  },

  onRemember(event: WechatMiniprogram.CustomEvent<{ value: boolean }>) {
    this.setData({ remember: event.detail.value });
  },

  onDone() {
    const { form, view, remember } = this.data;
    const camera = readCameraCode(form.code);
    if (!view.ready || camera === undefined) {
      this.show(left(left(form, 'code'), 'token'));
      return;
    }
    keepOwnCamera(camera, form.token.trim(), remember);
    openPage(liveUrl(camera, { trial: false }));
  },

  onTrial() {
    replacePage('/pages/trial/index');
  },

  onShareAppMessage() {
    return { title: shareTitle(''), path: '/pages/home/index' };
  },

  show(form: OwnForm) {
    this.setData({ form, view: formView(form) });
  },
});
