export const explain = async () => 1;
