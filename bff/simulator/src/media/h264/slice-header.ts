import { BitReader } from './bits.ts';

const IDR = 5;
const SLICE_P = 0;
/** The clips are made so: log2_max_frame_num 4, pic_order_cnt_type 2, one reference, no weights. */
const FRAME_NUM_BITS = 4;
const DEBLOCKING_OFF = 1;

/** Length in bits of the NAL header byte and the slice header of one of our clips (H.264 §7.3.3). */
export function sliceHeaderBits(nal: Uint8Array): number {
  const reader = new BitReader(nal);
  const reference = (reader.bits(8) & 0x60) !== 0;
  const idr = ((nal[0] ?? 0) & 0x1f) === IDR;
  reader.unsigned(); // first_mb_in_slice
  const p = reader.unsigned() % 5 === SLICE_P;
  reader.unsigned(); // pic_parameter_set_id
  reader.bits(FRAME_NUM_BITS);
  if (idr) reader.unsigned(); // idr_pic_id
  if (p && reader.bits(1) === 1) reader.unsigned(); // num_ref_idx_l0_active_minus1
  if (p) reader.bits(1); // ref_pic_list_modification_flag_l0, never set with one reference
  if (reference) reader.bits(idr ? 2 : 1); // dec_ref_pic_marking
  reader.unsigned(); // slice_qp_delta
  if (reader.unsigned() !== DEBLOCKING_OFF) throw new Error('a clip must be made without deblocking');
  return reader.position;
}
