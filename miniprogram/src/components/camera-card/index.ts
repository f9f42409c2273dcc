/** A camera of a list: picture, name, presence. The tap comes from the element itself. */
Component({
  properties: {
    name: { type: String, value: '' },
    /** The device behind the camera, '' when it is the camera itself. */
    device: { type: String, value: '' },
    /** `serial:channel`, shown when there is no device to name. */
    code: { type: String, value: '' },
    online: { type: Boolean, value: false },
    /** `online` in words. */
    presence: { type: String, value: '' },
    /** Number of the picture that stands for the camera's own, from 1. */
    poster: { type: Number, value: 1 },
  },
});
