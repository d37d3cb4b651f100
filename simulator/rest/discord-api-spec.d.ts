/** The package ships its schemas as plain JavaScript; what is taken from it is checked where it is used. */
declare module "discord-api-spec/zod";
