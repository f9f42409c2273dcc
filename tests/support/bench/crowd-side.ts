import { AttendingCrowd } from '../../../bff/simulator/src/crowd/attending-crowd.ts';
import type { CrowdOrder } from './crowd-process.ts';

let crowd: AttendingCrowd | undefined;

process.on('message', (order: CrowdOrder) => {
  void obey(order).then((totals) => {
    process.send?.(totals);
  });
});
process.on('disconnect', () => {
  crowd?.close();
  process.exit(0);
});

async function obey(order: CrowdOrder): Promise<AttendingCrowd['totals'] | undefined> {
  if (order.do === 'gather') crowd = await AttendingCrowd.gather(order.options);
  else if (order.do === 'attend') crowd?.attend();
  else if (order.do === 'measure-anew') crowd?.measureAnew();
  else if (order.do === 'register-all') crowd?.registerAll();
  return crowd?.totals;
}
