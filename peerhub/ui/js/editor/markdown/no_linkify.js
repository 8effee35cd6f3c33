// In place of linkify-it, which markdown-it makes and our dialect never asks: bare addresses have rules of their own.
export default class {}
