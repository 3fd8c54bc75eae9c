export { notifyRefund } from './notify';
export { orderLock } from './order';
export { previewRefund } from './preview';
export { refundOrder } from './refund';
export { stopProvider } from './stop';
