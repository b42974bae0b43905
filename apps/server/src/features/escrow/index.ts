/** Nothing of escrow is for other features yet: its check-in handlers reach the door through its manifest. */
export {};
