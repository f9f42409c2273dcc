/** A way on, with an icon and two lines. The tap comes from the element itself. */
Component({
  properties: {
    title: { type: String, value: '' },
    text: { type: String, value: '' },
    /** File name in `images/icons`. */
    icon: { type: String, value: '' },
    /** Colour of the tile: `blue` or `violet`. */
    tone: { type: String, value: 'blue' },
  },
});
