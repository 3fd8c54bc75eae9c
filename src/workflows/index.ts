export { refundOrder } from './refund';
