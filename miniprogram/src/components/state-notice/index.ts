/** What is wrong, why, the way out and the code for support. `act`: the button was tapped. */
Component({
  properties: {
    title: { type: String, value: '' },
    cause: { type: String, value: '' },
    /** '' shows no button. */
    actionText: { type: String, value: '' },
    code: { type: String, value: '' },
    /** `dark` over a picture, `light` on a page. */
    tone: { type: String, value: 'dark' },
  },
  methods: {
    onAct() {
      this.triggerEvent('act');
    },
  },
});
