/**
 * One line of text with what is wrong with it. Events: `change` ({value}) at each key, `leave` when the focus goes,
 * `confirm` at the keyboard's own key.
 */
Component({
  properties: {
    label: { type: String, value: '' },
    value: { type: String, value: '' },
    placeholder: { type: String, value: '' },
    maxlength: { type: Number, value: 140 },
    confirmType: { type: String, value: 'done' },
    /** Stands in the place of the hint. */
    error: { type: String, value: '' },
    hint: { type: String, value: '' },
    clearText: { type: String, value: '' },
  },
  data: { focused: false },
  methods: {
    onInput(event: WechatMiniprogram.CustomEvent<{ value: string }>) {
      this.triggerEvent('change', { value: event.detail.value });
    },
    onFocus() {
      this.setData({ focused: true });
    },
    onBlur() {
      this.setData({ focused: false });
      this.triggerEvent('leave');
    },
    onConfirm() {
      this.triggerEvent('confirm');
    },
    onClear() {
      this.triggerEvent('change', { value: '' });
    },
  },
});
