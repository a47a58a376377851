declare module 'fxa-common-password-list' {
  const list: {
    /** Whether a password, in lower case, is one of the 50,000 commonest. */
    test(password: string): boolean
  }
  export default list
}
