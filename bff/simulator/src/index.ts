export { readPlan } from './command-line.ts';
export type { DeviceEvent, DeviceEventListener } from './device/events.ts';
export type { Fault } from './device/faults.ts';
export { type DeviceProfile, type Edition, makeProfile } from './device/profile.ts';
export { SimulatedDevice, type SimulatedDeviceOptions } from './device/simulated-device.ts';
export { runSimulate } from './run-simulate.ts';
export { stopSignal } from './stop-signal.ts';
export { SharedUdpLink } from './signalling/udp-link.ts';
export { type Archive, type ArchivedFile, fixedArchive } from './archive/archive.ts';
